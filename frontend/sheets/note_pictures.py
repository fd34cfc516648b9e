"""The pictures that notes name: where a page finds them, or, where it is frozen, what they are."""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from backend.picture_files import media_type_of, pictures_in
from backend.pictures import Pictures
from backend.problems import Problem

# As often as notes show them; what is frozen has them a third larger, as text.
MOST_FROZEN_BYTES = 64 * 2**20


@dataclass(frozen=True)
class NotePicture:
    """Where the browser finds a picture, and how many pixels it has."""

    address: str
    width: int
    height: int


def linked_pictures(pictures: Pictures, notes: Iterable[str]) -> dict[str, NotePicture]:
    """The pictures that these notes name and that are there, at their addresses."""
    return {
        digest: NotePicture(f"/api/pictures/{digest}", *pictures.pixels(digest))
        for digest in _named(pictures, notes)
    }


def frozen_pictures(pictures: Pictures, notes: Iterable[str]) -> dict[str, NotePicture]:
    """The same, each whole in its address, so that a page needs nothing else.

    Raises
    ------
    Problem
        422 for pictures that would make a page too large.
    """
    named = _named(pictures, notes)
    contents = {digest: pictures.read(digest) for digest in named}
    _check_size(named, contents)
    return {
        digest: NotePicture(_data_uri(content), *pictures.pixels(digest))
        for digest, content in contents.items()
    }


def _named(pictures: Pictures, notes: Iterable[str]) -> Counter[str]:
    """How often each is shown."""
    named = Counter(digest for note in notes for digest in pictures_in(note))
    return Counter({digest: often for digest, often in named.items() if pictures.has(digest)})


def _check_size(named: Mapping[str, int], contents: Mapping[str, bytes]) -> None:
    size = sum(often * len(contents[digest]) for digest, often in named.items())
    if size > MOST_FROZEN_BYTES:
        raise Problem(
            422,
            "The pictures are too large",
            f"The pictures in the notes have {size / 2**20:,.0f} MiB together; shares and files "
            f"take {MOST_FROZEN_BYTES // 2**20}. Make them smaller, or show fewer.",
        )


def _data_uri(content: bytes) -> str:
    return f"data:{media_type_of(content)};base64,{base64.b64encode(content).decode()}"
