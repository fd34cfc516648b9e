"""Tables as LaTeX: read back by a small reader of its own, they say what the page says."""

from __future__ import annotations

import re

import pytest

from backend.problems import Problem
from frontend.exports.cells import written
from frontend.exports.latex import tables_tex
from frontend.exports.latex_text import latex
from frontend.figures.tables import Column, Heading, StaticTable, TableView
from frontend.figures.view import Scrubber, View
from frontend.sheets.base import Item, Sheet, Stage, run_sheet
from pruning.events import Result, TableData
from tests.frontend.fakes import a_run, toy_result
from tests.frontend.test_views import CONFIG

NASTY = r"50 % \of {a} & b_c #1 $x$ ~^ <i> | [2] * -- '' `` ,, – “q” µ² ∑ é"
# What LaTeX sets for a command or a group of the fragment, each read on its own.
READ = {
    r"\textbackslash{}": "\\",
    r"\textasciitilde{}": "~",
    r"\textasciicircum{}": "^",
    r"\textasciigrave{}": "`",
    r"\textless{}": "<",
    r"\textgreater{}": ">",
    r"\textbar{}": "|",
    r"\textquotedbl{}": '"',
    r"\textsuperscript{2}": "²",
    r"\ensuremath{\mu}": "µ",
    r"\ensuremath{\sum}": "∑",
    r"\ensuremath{\times}": "×",
    r"\ensuremath{\approx}": "≈",
    r"\ensuremath{\cdot}": "·",
    r"\ensuremath{-}": "−",
    "{[}": "[",
    "{]}": "]",
    "{*}": "*",
    "{}": "",
    "---": "—",
    "--": "–",
    "``": "“",
    "''": "”",
    **{f"\\{sign}": sign for sign in "{}$&#%_"},
}
SIGN = re.compile("|".join(map(re.escape, sorted(READ, key=len, reverse=True))) + r"|[\s\S]")
SPECIAL = set("\\{}$&#%_~^")


def read(told: str) -> str:
    """What LaTeX would set; anything that it would take for a command or a group fails."""
    found = []
    for sign in SIGN.findall(told):
        assert sign in READ or sign not in SPECIAL, (sign, told)
        found.append(READ.get(sign, sign))
    return "".join(found)


def tabulars(tex: str) -> list[tuple[str, list[list[str]]]]:
    """The columns of each tabular, and the texts of its rows, the head first."""
    found = re.findall(
        r"\\begin\{tabular\}\{([lr]+)\}\n\s+\\toprule\n(.*?)\s+\\bottomrule\n\s+\\end\{tabular\}",
        tex,
        re.DOTALL,
    )
    assert len(found) == tex.count(r"\begin{tabular}") == tex.count(r"\end{table}")
    tables = []
    for columns, body in found:
        rows = [line.strip() for line in body.split("\n") if line.strip() != r"\midrule"]
        assert all(row.endswith(r" \\") for row in rows)
        cells = [re.split(r"(?<!\\) & ", row.removesuffix(r" \\")) for row in rows]
        assert {len(row) for row in cells} == {len(columns)}
        tables.append((columns, [[read(cell) for cell in row] for row in cells]))
    return tables


def sheet_with(*parts: TableView | StaticTable | Scrubber, **tables: TableData) -> Sheet:
    stage = Stage("run", "Mine", View(parts=list(parts)), Result(tables=tables), [])
    return Sheet("A\nsheet", {"run": stage}, [Item("run", part) for part in parts])


def test_any_text_is_set_as_it_is_written():
    assert read(latex(NASTY)) == NASTY
    assert latex("a\n\n b\0\x07") == "a b"


@pytest.mark.parametrize(
    ("cell", "form", "text"),
    [
        (None, "percent", "–"),
        (0.0625, "percent", "6.3"),
        (12.5, "percentage", "12.5"),
        (100, "percentage", "100"),
        (1234567, "integer", "1,234,567"),
        (-0.12345, "number", "−0.123"),
        (3.14159, "times", "3.14×"),
        (123.4, "times", "123×"),
        (0.5, "milliseconds", "0.500"),
        (999, "bytes", "999 bytes"),
        (1234567, "bytes", "1.2 MB"),
        (-0.012, "points", "−1.2"),
        (0.0005, "points", "+0.1"),
        ("b_c", "text", "b_c"),
    ],
)
def test_numbers_are_written_as_on_the_page(cell, form, text):
    assert written(cell, form) == text


def test_the_tables_of_a_run_are_those_of_its_page():
    run = a_run(config=CONFIG.model_dump(mode="json"))
    sheet = run_sheet(run, toy_result(), "7-0")
    _, tex = tables_tex(sheet)
    [(columns, (head, *rows))] = tabulars(tex)
    assert columns == "lrrrr"
    assert head[:2] == ["Criterion", "Removed (%)"]
    assert len(rows) == len(sheet.stages["run"].result.tables["accuracy"].rows)
    assert rows[0][0] == "Weight magnitude"
    assert r"\usepackage{booktabs}" in tex.split("\n\n")[0]
    [caption] = re.findall(r"\\caption\{(.*)\}\n", tex)
    assert read(caption).startswith("Accuracy: Circles · Weight magnitude")
    assert all(line.startswith("%") for line in tex.split("\n\n")[0].splitlines())


def test_rows_and_columns_whatever_is_in_them():
    columns = [
        Column("of", NASTY, titles={"x": "[x] & y"}),
        Column("ratio", "Speed-up", "times", quartiles=("low", "high")),
        Column("gone", "Not in this version", "percent"),
    ]
    part = TableView("a_b", "Odd % of\nall", columns, sort=["of"])
    names = ["of", "ratio", "low", "high"]
    data = TableData(columns=names, rows=[["z", 2, 1.5, 2.5], ["x", 1.01, 0.9, 1.2]])
    _, tex = tables_tex(sheet_with(part, a_b=data))
    [(shape, (head, *rows))] = tabulars(tex)
    assert shape == "lrr"
    assert head == [NASTY, "Speed-up", "Not in this version (%)"]
    assert rows == [["z", "2.00×", "–"], ["[x] & y", "1.01× ≈ 1", "–"]]
    assert r"\label{tab:a-b}" in tex


def test_a_table_that_follows_the_slider_says_where_it_stands():
    slider = Scrubber("Removed", [0.0, 0.5], ["0 % removed", "50 % removed"], ["", ""], 0.0)
    columns = [Column("at", "At", "percent"), Column("of", "Of")]
    part = TableView("t", "T", columns, places=["at"], only_here=True, chosen={"of": "who"})
    rows = [[0.0, "a"], [0.5, "a"], [0.5, "b"]]
    sheet = sheet_with(slider, part, t=TableData(columns=["at", "of"], rows=rows))
    _, tex = tables_tex(sheet, "t", 0.5, {"who": "b"})
    [(_, (_, *shown))] = tabulars(tex)
    assert shown == [["50.0", "b"]]
    assert r"At 50 \% removed." in tex


def test_small_tables_come_too_and_labels_are_told_apart():
    table = StaticTable("What differs", [Heading("Setting"), Heading("a")], [["x", "1"]])
    _, tex = tables_tex(sheet_with(table, table))
    assert [rows for _, rows in tabulars(tex)] == [[["Setting", "a"], ["x", "1"]]] * 2
    assert re.findall(r"\\label\{(.*)\}", tex) == ["tab:settings", "tab:settings-2"]


@pytest.mark.parametrize("count", [45, 46, 300])
def test_a_table_of_more_rows_than_a_page_has_goes_on_over_several(count):
    rows = [["x_y", str(i)] for i in range(count)]
    _, tex = tables_tex(sheet_with(StaticTable("T", [Heading("of"), Heading("n")], rows)))
    head = tex.split("\n\n")[0]
    if count == 45:
        assert "longtable" not in tex
        assert [shown[1:] for _, shown in tabulars(tex)] == [rows]
        return
    assert r"\usepackage{longtable}" in head
    [(columns, body)] = re.findall(
        r"\\begin\{longtable\}\{(l+)\}\n(.*)\\end\{longtable\}", tex, re.DOTALL
    )
    assert columns == "ll"
    before, after = body.split("\\endlastfoot\n")
    assert before.count(r"of & n \\") == 2
    assert after.splitlines() == [rf"    x\_y & {i} \\" for i in range(count)]


def test_what_is_not_there_is_a_problem():
    table = StaticTable("What differs", [Heading("Setting")], [["x"]])
    with pytest.raises(Problem, match="Choose one of the tables settings") as wrong:
        tables_tex(sheet_with(table), "nope")
    assert wrong.value.status == 422
    with pytest.raises(Problem) as none:
        tables_tex(sheet_with())
    assert none.value.status == 404


def test_letters_that_pdflatex_has_no_fonts_for_are_told_of():
    def told(word: str) -> str:
        return tables_tex(sheet_with(StaticTable(word, [Heading("a")], [["x"]])))[1]

    assert "XeLaTeX" in told("数")
    assert "XeLaTeX" not in told("é ∑ ²")
