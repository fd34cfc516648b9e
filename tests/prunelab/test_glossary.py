"""`prunelab glossary`: words on the command line."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from prunelab.cli import cli
from pruning.glossary.entries import all_entries, entry


@pytest.fixture
def prunelab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PRUNELAB_HOME", str(tmp_path / "home"))
    return lambda *arguments: CliRunner().invoke(cli, [*arguments])


def words(text: str) -> str:
    """Text without the ends of its lines."""
    return " ".join(text.split())


def test_a_word_is_explained_with_its_formula_its_paper_and_a_run(prunelab):
    done = prunelab("glossary", "lrp")
    assert done.exit_code == 0, done.output
    assert entry("criterion-lrp").text in words(done.stdout)
    assert "sᵤ = Σᵢ₌₁ⁿ Rᵢᵤ" in done.stdout
    assert "https://arxiv.org/abs/1912.08881" in done.stdout
    assert "prunelab run toy --set criteria=lrp,weight\n" in done.stdout


def test_what_is_in_square_brackets_is_told(prunelab):
    assert "[ŷᵢ = yᵢ]" in prunelab("glossary", "measure-accuracy").stdout


def test_all_words_are_listed(prunelab):
    listed = words(prunelab("glossary").stdout)
    assert all(f"{each.short_name} {each.title}" in listed for each in all_entries())


def test_a_word_that_means_nothing_is_refused(prunelab):
    done = prunelab("glossary", "nothing of the kind")
    assert done.exit_code == 1
    assert done.stderr == (
        "prunelab: nothing is called 'nothing of the kind'; `prunelab glossary` lists all\n"
    )


def test_a_name_goes_with_its_kind_or_without(prunelab):
    assert prunelab("glossary", "criterion-lrp").stdout == prunelab("glossary", "lrp").stdout


def test_a_name_of_several_lists_their_kinds(prunelab):
    done = prunelab("glossary", "weight")
    assert done.exit_code == 1
    assert "criterion-weight (Criteria)" in done.stderr
    assert "granularity-weight (What is removed together)" in done.stderr


def test_a_misspelt_word_is_answered_with_what_is_close(prunelab):
    done = prunelab("glossary", "tailor")
    assert done.exit_code == 1
    assert done.stderr.startswith("prunelab: nothing is called 'tailor'; did you mean taylor")


def test_a_part_of_a_name_finds_all_that_have_it(prunelab):
    told = prunelab("glossary", "speedup").stdout
    assert "speedup_theoretical" in told
    assert "speedup_measured" in told
