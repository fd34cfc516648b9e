"""The bibliography is valid, and everything in it can be found."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pruning import references
from pruning.criteria.base import criteria
from pruning.data.base import datasets
from pruning.data.image_base import image_datasets
from pruning.models.base import models
from pruning.recipes.base import recipes
from pruning.references import Reference, bibliography, reference

# Points that nobody published.
OWN = {"spiral", "xor", "blobs"}
_CITED = re.compile(r"\[([a-z]+\d{4})\]_")


@pytest.mark.parametrize("key", references.all_keys())
def test_an_entry_is_complete(key: str):
    entry = reference(key)
    assert entry.author
    assert key == f"{_last(entry.author[0])}{entry.year}"
    assert all(name.count(", ") == 1 for name in entry.author)
    venue = {
        "article": entry.journal,
        "inproceedings": entry.booktitle,
        "incollection": entry.booktitle,
        "misc": entry.eprint,
        "techreport": entry.institution,
    }
    assert venue[entry.kind]
    if entry.eprint:
        assert re.fullmatch(r"\d{4}\.\d{4,5}", entry.eprint)


def _last(author: str) -> str:
    return author.partition(",")[0].lower().replace("é", "e").replace(" ", "")


def test_entries_are_written_as_latex_reads_them():
    entry = Reference(
        key="b1",
        kind="misc",
        author=("Müller, A. & Co", "Élan, É"),
        title="50 % of C_1",
        eprint="1234.5678",
        doi="10.1/a_b",
    )
    assert entry.bibtex() == (
        "@misc{b1,\n"
        "  author = {M{\\\"u}ller, A. \\& Co and {\\'E}lan, {\\'E}},\n"
        "  title = {{50 \\% of C\\_1}},\n"
        "  doi = {10.1/a_b},\n"
        "  eprint = {1234.5678},\n"
        "  archiveprefix = {arXiv}\n}\n"
    )


def test_a_bibliography_is_sorted_and_has_each_entry_once():
    found = bibliography(map(reference, ("zhu2017", "bach2015", "zhu2017")))
    assert re.findall(r"@\w+\{(\w+)", found) == ["bach2015", "zhu2017"]


@pytest.mark.parametrize(
    ("key", "words", "url"),
    [
        (
            "yeom2021",
            "Yeom et al., Pruning by Explaining: A Novel Criterion for Deep Neural Network "
            "Pruning, Pattern Recognition 115, 2021",
            "https://arxiv.org/abs/1912.08881",
        ),
        (
            "lee2019",
            "Lee, Ajanthan & Torr, SNIP: Single-shot Network Pruning based on Connection "
            "Sensitivity, ICLR 2019",
            "https://arxiv.org/abs/1810.02340",
        ),
        (
            "frankle2019",
            "Frankle & Carbin, The Lottery Ticket Hypothesis: Finding Sparse, Trainable Neural "
            "Networks, ICLR 2019",
            "https://arxiv.org/abs/1803.03635",
        ),
        (
            "tanaka2020",
            "Tanaka et al., Pruning Neural Networks without Any Data by Iteratively Conserving "
            "Synaptic Flow, NeurIPS 2020",
            "https://arxiv.org/abs/2006.05467",
        ),
        (
            "bach2015",
            "Bach et al., On Pixel-Wise Explanations for Non-Linear Classifier Decisions by "
            "Layer-Wise Relevance Propagation, PLOS ONE 10, 2015",
            "https://doi.org/10.1371/journal.pone.0130140",
        ),
        (
            "spearman1904",
            "Spearman, The Proof and Measurement of Association between Two Things, "
            "The American Journal of Psychology 15, 1904",
            "",
        ),
    ],
)
def test_a_paper_is_told_in_one_line(key: str, words: str, url: str):
    assert (reference(key).words, reference(key).url) == (words, url)


def test_everything_published_names_its_papers():
    for entry in [*criteria, *datasets, *image_datasets, *models, *recipes]:
        assert bool(entry.papers) != (entry.name in OWN)
        assert all(map(references.knows, entry.papers))


def test_docstrings_cite_what_there_is():
    files = sorted((Path(references.__file__).parent).rglob("*.py"))
    cited = {(file.name, key) for file in files for key in _CITED.findall(file.read_text("utf-8"))}
    assert len({key for _, key in cited}) > 20
    assert [each for each in sorted(cited) if not references.knows(each[1])] == []


def test_a_plug_in_brings_its_lines_and_changes_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    file = tmp_path / "references.toml"
    file.write_text(
        '[knuth1984]\nkind = "misc"\nauthor = ["Knuth, Donald E."]\ntitle = "Literate"\n'
        'year = 1984\n\n[bach2015]\nkind = "misc"\ntitle = "Another"\n'
    )

    class EntryPoint:
        def load(self) -> Path:
            return file

    def entry_points(group: str) -> list[EntryPoint]:
        assert group == "prunelab.references"
        return [EntryPoint()]

    monkeypatch.setattr(references, "entry_points", entry_points)
    references._all.cache_clear()
    try:
        assert reference("knuth1984").words == "Knuth, Literate, 1984"
        assert reference("bach2015").kind == "article"
    finally:
        references._all.cache_clear()
