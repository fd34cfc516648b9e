"""The bibliography is valid, and everything in it can be found."""

from __future__ import annotations

import re

import pytest

from pruning import references
from pruning.criteria.base import criteria
from pruning.data.base import datasets
from pruning.recipes.base import recipes
from pruning.references import Reference, bibliography, reference

# Points that nobody published.
OWN = {"spiral", "xor", "blobs"}


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


def test_everything_published_names_its_papers():
    for entry in [*criteria, *datasets]:
        assert bool(entry.papers) != (entry.name in OWN)
        assert all(map(references.knows, entry.papers))
    assert all(recipe.papers for recipe in recipes)
