"""Words are found by what people call them, and what is misspelt by what is close."""

from __future__ import annotations

import pytest

from pruning.glossary.entries import all_entries
from pruning.glossary.finding import SeveralWordsError, UnknownWordError, containing, found


@pytest.mark.parametrize("each", all_entries(), ids=lambda each: each.name)
def test_every_name_with_its_kind_is_that_of_one(each):
    assert found(each.name).name == each.name


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("lrp", "criterion-lrp"),
        ("LRP", "criterion-lrp"),
        ("Cubic", "schedule-cubic"),
        ("layer-wise relevance", "criterion-lrp"),
        ("taylor-abs", "criterion-taylor_abs"),
    ],
)
def test_a_name_is_found_as_people_write_it(word: str, name: str):
    assert found(word).name == name


def test_a_name_of_several_says_of_which_kinds():
    with pytest.raises(SeveralWordsError, match=r"criterion-weight \(Criteria\)") as caught:
        found("weight")
    names = [each.name for each in caught.value.entries]
    assert names == ["criterion-weight", "granularity-weight"]


@pytest.mark.parametrize(
    ("word", "close"), [("lpr", "lrp"), ("geometric medain", "geometric_median")]
)
def test_what_is_misspelt_is_answered_with_what_is_close(word: str, close: str):
    with pytest.raises(UnknownWordError) as caught:
        found(word)
    assert close in caught.value.close
    assert all(found(each) for each in caught.value.close)
    assert caught.value.suggestion.startswith("did you mean ")


@pytest.mark.parametrize("word", ["nonsense", "nothing of that name", "zzzz"])
def test_what_is_like_nothing_is_answered_with_nothing(word: str):
    with pytest.raises(UnknownWordError) as caught:
        found(word)
    assert caught.value.close == []
    assert caught.value.suggestion == ""


@pytest.mark.parametrize("word", ["no such word", "", "zzzz"])
def test_what_is_like_nothing_is_answered_with_nothing_or_with_words(word: str):
    with pytest.raises(UnknownWordError) as caught:
        found(word)
    assert all(found(each) for each in caught.value.close)


def test_a_part_of_a_name_finds_all_that_have_it():
    assert {each.name for each in containing("speed-up")} == {
        "measure-speedup_theoretical",
        "measure-speedup_measured",
    }
    assert containing("no such word") == []
