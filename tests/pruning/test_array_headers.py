"""Headers of .npy files: what numpy writes is read as numpy reads it, and nothing else is."""

from __future__ import annotations

import io

import numpy as np
import pytest

from pruning.array_headers import HeaderError, read_header

READERS = {
    (1, 0): np.lib.format.read_array_header_1_0,
    (2, 0): np.lib.format.read_array_header_2_0,
}


def written(array: np.ndarray, version: tuple[int, int] | None = None) -> bytes:
    file = io.BytesIO()
    np.lib.format.write_array(file, array, version)
    return file.getvalue()


@pytest.mark.parametrize("version", [(1, 0), (2, 0)])
@pytest.mark.parametrize("dtype", ["u1", "<i8", ">f4", "<f2", "?", "<c8", ">u2", "<f8"])
@pytest.mark.parametrize("shape", [(), (3,), (0,), (2, 3), (1, 1, 4, 2)])
@pytest.mark.parametrize("order", ["C", "F"])
def test_what_numpy_writes_is_read_as_numpy_reads_it(version, dtype, shape, order):
    content = written(np.zeros(shape, dtype, order=order), version)
    file, other = io.BytesIO(content), io.BytesIO(content)
    header = read_header(file)
    np.lib.format.read_magic(other)
    assert tuple(header) == READERS[version](other)
    assert file.tell() == other.tell()
    assert header.values == np.prod(shape, dtype=int)


def with_header(text: str, version: tuple[int, int] = (1, 0)) -> bytes:
    body = text.encode("latin-1")
    width = 2 if version == (1, 0) else 4
    return b"\x93NUMPY" + bytes(version) + len(body).to_bytes(width, "little") + body


PLAIN = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }"


@pytest.mark.parametrize(
    "text",
    [
        PLAIN,
        '{"shape": (2,3), "fortran_order": False, "descr": "<f4"}',
        "{'shape':(2L, 3L),'descr':'<f4','fortran_order':False}   \n",
    ],
)
def test_others_write_the_same_in_other_ways(text: str):
    assert tuple(read_header(io.BytesIO(with_header(text)))) == ((2, 3), False, np.dtype("<f4"))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x93NUMPY\x01",
        b"\x93NUMPY\x09\x00\x10\x00",
        written(np.zeros(3))[:40],
        with_header("(" * 9000, (2, 0)),
        b"\x93NUMPY\x02\x00" + (10**9).to_bytes(4, "little"),
        *map(
            with_header,
            [
                "{}",
                "[1, 2]",
                PLAIN.replace("'<f4'", "'<f3'"),
                PLAIN.replace("(2, 3)", "(6)"),
                PLAIN.replace("(2, 3)", "2"),
                PLAIN.replace("(2, 3)", f"({'9' * 30},)"),
                PLAIN.replace("(2, 3)", f"({'1, ' * 40})"),
                PLAIN.replace("False", "__import__('os')"),
                PLAIN.replace("'fortran_order': False, ", ""),
                PLAIN.replace("}", "'shape': (1,)}"),
                PLAIN + PLAIN,
                "{" * 400 + "}" * 400,
                "{'descr': '''",
            ],
        ),
    ],
)
def test_whatever_else_it_says_is_refused(content: bytes):
    with pytest.raises(HeaderError):
        read_header(io.BytesIO(content))


@pytest.mark.parametrize(
    ("dtype", "kind"), [("S10", "S"), ("<U3", "U"), ("<M8[ns]", "M"), ([("a", "<f4")], "V")]
)
def test_other_types_are_named_for_whoever_says_why_they_are_not_taken(dtype, kind: str):
    assert read_header(io.BytesIO(written(np.zeros(2, dtype)))).dtype.kind == kind


def test_objects_are_named_for_whoever_says_why_they_are_not_loaded():
    text = PLAIN.replace("'<f4'", "'|O'")
    assert read_header(io.BytesIO(with_header(text))).dtype.hasobject
