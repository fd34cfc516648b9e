"""CSVs of points: every form that is understood, and what is refused where."""

from __future__ import annotations

import time
import tracemalloc

import pytest

from pruning.data.limits import POINTS, POINTS_BYTES, ImportRefusedError
from pruning.data.points_file import read_points

ROWS = [(0.5, -1.25, "b"), (2.0, 3.5, "a"), (-7.0, 0.125, "b")]


def written(separator: str, comma: str = ".", head: str = "") -> bytes:
    lines = [separator.join([str(x), str(y), label]) for x, y, label in ROWS]
    text = "\n".join(lines)
    if comma == ",":
        text = text.replace(".", ",")
    return (head + text + "\n").encode()


@pytest.mark.parametrize(
    "content",
    [
        written(","),
        written(", "),
        written(";"),
        written("\t"),
        written(" "),
        written("   "),
        written(";", ","),
        written("\t", ","),
        written(",", head="x,y,class\n"),
        written(";", ",", head="Länge;Breite;Art\n"),
        written(" ", head="x y class\n"),
        b"\xef\xbb\xbf" + written(","),
        written(",").replace(b"\n", b"\r\n"),
        b"\n\n" + written(",").replace(b"\n", b"\n\n"),
        b'"0.5","-1.25","b"\n2e0,3.5,a\n-7,.125,"b"\n',
    ],
)
def test_every_form_is_understood(content: bytes):
    found = read_points(content)
    assert found.points.tolist() == [[x, y] for x, y, _ in ROWS]
    assert [found.classes[label] for label in found.labels] == [label for *_, label in ROWS]
    assert found.classes == ("b", "a")


def test_numbers_are_sorted_as_classes_and_words_keep_their_order():
    assert read_points(b"0,0,10\n0,1,2\n0,2,-1\n0,3,2.0").classes == ("-1", "2", "10")
    assert read_points(b"0,0,two\n0,1,1\n0,2,two").classes == ("two", "1")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "it has no points"),
        (b"\n , \n", "it has no points"),
        (b"x,y,class\n", "it has a head but no points"),
        (b"x,y,class\n1,two,a\n", "line 2: y is no number, but “two”"),
        (b"x,y,class\none,2,a\n", "line 2: x is no number, but “one”"),
        (b"1,2,a\n,3,b\n", "line 2: x is missing"),
        (b"1,2,a\n3,,b\n", "line 2: y is missing"),
        (b"1,2,a\n3,4,\n", "line 2: the class is missing"),
        (b"nan,2,a\n", "line 1: x is no finite number, but “nan”"),
        (b"nan,nan,a\n", "line 1: x is no finite number, but “nan”"),
        (b"1,2,a\n3,-inf,b\n", "line 2: y is no finite number, but “-inf”"),
        (b"1,2,a\n1e999,4,b\n", "line 2: x is 1e999; take values from -1,000,000 to 1,000,000"),
        (b"1,2,a\n3,-1000001,b\n", "line 2: y is -1000001"),
        (b"1,2,a\n3,1_0,b\n", "line 2: y is no number, but “1_0”"),
        ("1,2,a\n3,٣,b\n".encode(), "line 2: y is no number, but “٣”"),
        (b"1,5,2,5,a\n", "line 1 has 5 columns; give it three"),
        (b"1,2\n", "line 1 has 2 columns"),
        (b"1\n", "line 1 has 1 column;"),
        (b'1,2,a\n"1,2,b\n1,2,c', "line 2 has 1 column;"),
        (b"1,2,a\n1,2,a\n", "all points are of one class, a; take 2 to 6 classes"),
        ("".join(f"1,2,c{i}\n" for i in range(7)).encode(), "line 7 begins a class more than 6"),
        (b"1,2,a\n1,2," + b"b" * 101, "line 2: a class is called by 1 to 100 letters"),
        (b"\xff\xfe1\x00", "it is no text in UTF-8"),
        (b"1,2,a\x00\n1,2,b", "a class is called by 1 to 100 letters that can be shown"),
        (b"1,2,a\n" * (POINTS + 2), f"it has {POINTS + 2:,} rows; take at most {POINTS:,} points"),
        (b"1,2,a\n" * (POINTS + 1), "it has more than 20,000 points"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_line(content: bytes, said: str):
    with pytest.raises(ImportRefusedError) as refused:
        read_points(content)
    assert said in str(refused.value)


def test_a_million_rows_are_refused_before_they_are_read():
    content = b"0.5,0.5,1\n" * 1_000_000
    tracemalloc.start()
    began = time.monotonic()
    with pytest.raises(ImportRefusedError, match=f"at most {POINTS_BYTES // 2**20} MiB"):
        read_points(content)
    assert time.monotonic() - began < 1
    assert tracemalloc.get_traced_memory()[1] < 1 << 20
    tracemalloc.stop()


def test_the_most_points_are_taken():
    content = b"x,y,class\n" + b"0.5,0.5,1\n0.5,0.25,2\n" * (POINTS // 2)
    assert len(read_points(content).points) == POINTS
