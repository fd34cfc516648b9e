"""Lists of numbers as people type them."""

from __future__ import annotations

import random

import pytest

from pruning.numbers import LIMIT, format_numbers, parse_list, parse_numbers


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("", []),
        ("5", [5]),
        (" 1, 2 ,3,", [1, 2, 3]),
        ("1/3", [1 / 3]),
        ("-0.5, +2e-3, .25, 1e2", [-0.5, 0.002, 0.25, 100]),
        ("0:1:0.25", [0, 0.25, 0.5, 0.75, 1]),
        ("0:0.3:0.1", [0, 0.1, 0.2, 0.3]),
        ("0 : 1 : 1/3", [0, 1 / 3, 2 / 3, 1]),
        ("0:0.95:0.05, 1/3", [*(i / 20 for i in range(20)), 1 / 3]),
        ("3:3:1", [3]),
    ],
)
def test_numbers_fractions_and_ranges_are_read_exactly(text: str, numbers: list[float]):
    assert parse_numbers(text) == numbers


@pytest.mark.parametrize(
    "text",
    ["x", "1/0", "1:2", "1:2:0", "1:2:-1", "2:1:1", "1:2:3:4", "nan", "inf", "--1", "1.2.3", "."],
)
def test_what_is_no_number_is_named(text: str):
    with pytest.raises(ValueError) as caught:
        parse_numbers(f"1, {text}")
    assert repr(text) in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "1e999999999",
        "1e-999999999",
        "1/1e999999999",
        "9" * 10_000,
        "0:1e20:1e-20",
        f"0:{LIMIT}:1",
        ",".join(["0:999:1"] * 11),
    ],
    ids=lambda text: text[:15],
)
@pytest.mark.timeout(5)
def test_input_that_would_never_end_is_refused_at_once(text: str):
    with pytest.raises(ValueError):
        parse_numbers(text)


def test_what_is_no_text_is_left_to_others():
    assert parse_numbers([1, 2]) == [1, 2]
    assert parse_list(None) is None
    assert parse_list("a, b,c ,") == ["a", "b", "c"]
    assert parse_list(" ") == []


@pytest.mark.parametrize("text", ["1,,2", ",1", "1,,"])
def test_nothing_between_two_commas_is_a_slip(text: str):
    with pytest.raises(ValueError, match="nothing between two of the commas"):
        parse_numbers(text)


@pytest.mark.parametrize(
    "text",
    [
        "0:0.95:0.05, 1/3",
        "100:500:100",
        "100, 100, 100",
        "1/3",
        "0.1, 0.2",
        "",
    ],
)
def test_numbers_are_written_as_they_are_read(text: str):
    assert format_numbers(parse_numbers(text)) == text


@pytest.mark.parametrize("seed", range(20))
def test_whatever_is_written_is_read_back(seed: int):
    draw = random.Random(seed)
    pool = [0, 0.05, 0.1, 0.15, 0.2, 1 / 3, 0.25, 2 / 3, 0.3, 0.123456789012, 1, 2, 3, 4, 1000]
    numbers = draw.sample(pool, draw.randrange(len(pool))) if seed % 2 else sorted(pool)[: seed + 1]
    assert parse_numbers(format_numbers(numbers)) == numbers


def test_large_whole_numbers_are_written_out():
    assert format_numbers([99999999.0, 2.0]) == "99999999, 2"
