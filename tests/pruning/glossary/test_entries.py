"""Everything that forms, figures and tables name is explained in three sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from pruning.criteria.base import criteria, criterion
from pruning.experiments import quantities
from pruning.experiments.base import experiments
from pruning.experiments.guided_sparsity.entrants import ARMS
from pruning.experiments.input_selection.config import KINDS as MASKS
from pruning.experiments.mint.fields import VARIANTS
from pruning.experiments.outputs import Quantity
from pruning.experiments.sweep import config as sweep
from pruning.experiments.sweep.granularities import BUDGETS, TITLES
from pruning.glossary import entries, texts
from pruning.glossary.entries import Entry, all_entries, called, entry, of_choice, of_field
from pruning.glossary.kinds import KINDS
from pruning.masks.ranking import Normalisation
from pruning.references import knows
from pruning.training.penalties.base import penalties

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
# What is a word, not a number that is computed.
WITHOUT_FORMULA = {"measure-tested", "measure-step", "measure-penalty", "measure-reference_samples"}
WITHOUT_FORMULA |= {"measure-nonzero_parameters"}


def expected() -> Iterator[str]:
    yield from (f"criterion-{each.name}" for each in criteria)
    yield from (f"penalty-{each.name}" for each in penalties)
    yield from (f"granularity-{name}" for name in TITLES)
    yield from (f"budget-{name}" for name in BUDGETS)
    yield from (f"schedule-{name}" for name in get_args(get_args(sweep.Schedule)[0]))
    yield from (f"scope-{name}" for name in get_args(get_args(sweep.Scope)[0]))
    yield from (f"moment-{name}" for name in get_args(get_args(sweep.PruneAt)[0]))
    yield from (f"normalisation-{name}" for name in get_args(Normalisation))
    yield from (f"input_mask-{name}" for name in MASKS)
    yield from (f"scoring-{name}" for name in VARIANTS)
    yield from (f"arm-{name}" for name in ARMS)
    yield from (f"measure-{each.name}" for each in all_quantities())
    yield from (f"agreement-{name}" for name in ("spearman", "kendall", "overlap"))


def all_quantities() -> set[Quantity]:
    """Those of the house, and those of single experiments."""
    house = {each for each in vars(quantities).values() if isinstance(each, Quantity)}
    # Not those that other tests bring.
    ours = (study for study in experiments if study.config.__module__.startswith("pruning."))
    series = (each for study in ours for each in study.outputs.series)
    return house | {axis for each in series for axis in (each.x, each.y) if axis}


@pytest.mark.parametrize("name", sorted(set(expected())))
def test_everything_that_is_named_is_explained(name: str):
    assert entry(name).text


@pytest.mark.parametrize("told", all_entries(), ids=lambda each: each.name)
def test_an_entry_is_three_sentences_with_what_belongs_to_them(told: Entry):
    assert len(_SENTENCE_END.split(told.text)) == 3, told.text
    assert told.text.endswith(".")
    assert told.title
    assert all(map(knows, told.papers))
    assert told.formula or not told.where
    if told.kind.name in ("criterion", "penalty", "schedule", "normalisation", "agreement"):
        assert told.formula
    if told.kind.name == "measure":
        assert bool(told.formula) != (told.name in WITHOUT_FORMULA)


def test_no_text_is_of_something_that_is_not_there():
    written = {f"{kind}-{name}" for kind, found in texts.all_texts().items() for name in found}
    assert written <= {each.name for each in all_entries()}


def test_what_is_registered_tells_itself_what_it_is():
    lrp = entry("criterion-lrp")
    assert lrp.title == criteria["lrp"].title
    assert lrp.text.startswith(criteria["lrp"].description)
    assert lrp.papers == criteria["lrp"].papers
    written = texts.all_texts()
    for kind in ("criterion", "penalty"):
        assert not any(text.title or text.text or text.papers for text in written[kind].values())


def test_a_choice_a_field_and_the_words_of_a_figure_lead_to_the_same():
    assert of_choice("criteria", "lrp") == called("Layer-wise relevance") == entry("criterion-lrp")
    assert of_choice("granularities", "unit") == entry("granularity-unit")
    assert of_choice("criteria", "no such thing") is of_choice("dataset", "moon") is None
    assert of_field("sparsities") == called("Achieved") == entry("notion-sparsity")
    assert called("compression: original size / new size") == entry("measure-compression")
    assert called("no such words") is None


def test_words_and_fields_mean_one_thing_each():
    fields = [name for each in all_entries() for name in each.fields]
    assert len(set(fields)) == len(fields)
    of_choices = [name for kind in KINDS for name in kind.choices]
    assert len(set(of_choices)) == len(of_choices)


@pytest.fixture
def registered() -> Iterator[None]:
    """A criterion of a package that has written no text."""

    @criterion(
        "loudness",
        title="Loudness",
        description="How loud a unit is.",
        papers=("li2017",),
        normalisation="none",
    )
    def loudness(samples: object) -> list[object]:
        return []

    yield
    del criteria._entries["loudness"]


@pytest.mark.usefixtures("registered")
def test_a_criterion_without_a_text_falls_back_to_what_it_registers():
    told = of_choice("criteria", "loudness")
    assert told is not None
    assert (told.text, told.papers, told.formula) == ("How loud a unit is.", ("li2017",), ())
    assert told.address == "/?experiment=toy&criteria=loudness,weight"


@pytest.mark.usefixtures("registered")
def test_a_package_brings_texts_and_changes_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    file = tmp_path / "words.toml"
    file.write_text('[criterion.loudness]\nmore = "Two. Three."\n[criterion.lrp]\nmore = "No."\n')

    class EntryPoint:
        def load(self) -> Path:
            return file

    def entry_points(group: str) -> list[EntryPoint]:
        assert group == "prunelab.glossary"
        return [EntryPoint()]

    own = entry("criterion-lrp").text
    monkeypatch.setattr(texts, "entry_points", entry_points)
    forget()
    try:
        assert entry("criterion-loudness").text == "How loud a unit is. Two. Three."
        assert entry("criterion-lrp").text == own
    finally:
        forget()


def forget() -> None:
    texts.all_texts.cache_clear()
    entries._made.cache_clear()
