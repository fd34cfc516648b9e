"""The files of a folder, a zip or a tar archive, read one after another.

Nothing is unpacked to disk. Every member is checked by its header before a byte of it is read: its
path stays inside, it is a plain file, and neither it nor the whole is too large. While it is read,
no more than its header said is ever taken in.
"""

from __future__ import annotations

import gzip
import io
import lzma
import os
import re
import stat
import tarfile
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import BinaryIO, NamedTuple, cast

from pruning.data.limits import FILE_BYTES, FILES, TOTAL_BYTES, Budget, ImportRefusedError

# What a file of each kind begins with; a tar archive has its mark at byte 257.
_MARKS = {"zip": b"PK", "gzip": b"\x1f\x8b", "xz": b"\xfd7zXZ\x00", "tar": b"ustar"}
_TAR_MARK = 257
_KINDS = {
    ".zip": "zip",
    ".npz": "zip",
    ".tar": "tar",
    ".tar.gz": "gzip",
    ".tgz": "gzip",
    ".tar.xz": "xz",
    ".txz": "xz",
}
SUFFIXES = tuple(_KINDS)
_DAMAGED = (
    OSError,
    EOFError,
    lzma.LZMAError,
    zlib.error,
    tarfile.TarError,
    zipfile.BadZipFile,
    # Of a version or with a method that zipfile does not know.
    NotImplementedError,
)
_CHUNK = 1 << 16
# A zip's directory is read whole before its files can be counted.
_DIRECTORY_BYTES = 128 * FILES
# A header that goes before a tar member's own: a long name, for instance.
_EXTENDED_BYTES = 1 << 20
# The flag of a name in UTF-8 (APPNOTE 4.4.4).
_IN_UTF8 = 0x800
_ICON = re.compile(r"Icon\r$")
_DRIVE = re.compile(r"[A-Za-z]:")


class Member(NamedTuple):
    """A file or a folder: its path, what reads it, and how far the whole is with it."""

    path: PurePosixPath
    content: Callable[[], bytes] | None
    done: int
    total: int

    @property
    def is_folder(self) -> bool:
        """Whether there is nothing to read."""
        return self.content is None

    def read(self) -> bytes:
        """All of a file."""
        assert self.content is not None
        with damage_told(str(self.path)):
            return self.content()


def members(source: Path) -> Iterator[Member]:
    """What is in a folder or an archive, in its own order; a file is read before the next.

    Raises
    ------
    ImportRefusedError
        If it is damaged, is not what its name says, or holds what it must not.
    """
    if source.is_dir():
        yield from _of_folder(source)
    elif kind_of(source) == "zip":
        yield from _of_zip(source)
    else:
        yield from _of_tar(source)


def suffix_of(name: str) -> str:
    """The suffix of an archive's name, such as ``.tar.gz``."""
    found = [suffix for suffix in SUFFIXES if name.lower().endswith(suffix)]
    if not found:
        raise ImportRefusedError(f"it is no folder and none of {', '.join(SUFFIXES)}")
    return max(found, key=len)


def kind_of(source: Path) -> str:
    """What an archive is by its name, once its content was seen to be that."""
    kind = _KINDS[suffix_of(source.name)]
    with damage_told("it"), source.open("rb") as file:
        head = file.read(_TAR_MARK + 8)
    marks = {each: head.startswith(mark) for each, mark in _MARKS.items()}
    marks["tar"] = head[_TAR_MARK:].startswith(_MARKS["tar"])
    if not marks[kind]:
        seen = next((f"; it looks like {each}" for each, fits in marks.items() if fits), "")
        raise ImportRefusedError(f"it is no {kind} file, whatever its name says{seen}")
    return kind


def _of_folder(source: Path) -> Iterator[Member]:
    with damage_told("it"):
        files = list(_walk(source))
    for place, (path, file) in enumerate(files):
        yield Member(path, file.read_bytes if file.is_file() else None, place, len(files))


def _walk(source: Path) -> Iterator[tuple[PurePosixPath, Path]]:
    budget = Budget()
    for folder, inner, files in os.walk(source, onerror=_raise):
        for name in inner:
            if (Path(folder) / name).is_symlink():
                raise ImportRefusedError(f"{name} is a link; copy the folder that it leads to")
            inside = Path(folder) / name
            yield _inside(inside.relative_to(source).as_posix()), inside
        for name in files:
            file = Path(folder) / name
            path = _inside(file.relative_to(source).as_posix())
            if not file.is_file():
                raise ImportRefusedError(f"{path} is no plain file")
            budget.spend(str(path), file.stat().st_size, FILE_BYTES)
            yield path, file


def _raise(error: OSError) -> None:
    """os.walk would leave out a folder that it cannot read."""
    raise error


@contextmanager
def open_zip(source: Path, most: int) -> Iterator[tuple[zipfile.ZipFile, list[zipfile.ZipInfo]]]:
    """A zip file and its members, all of which may be read; none has more than ``most`` bytes.

    Folders are among them.
    """
    with damage_told("it"):
        if _directory_bytes(source) > _DIRECTORY_BYTES:
            raise ImportRefusedError(f"it holds more than {FILES:,} files")
        with zipfile.ZipFile(source) as archive:
            found = archive.infolist()
            budget = Budget()
            for info in found:
                if not _is_folder(info):
                    _check_zipped(info)
                    budget.spend(info.filename, info.file_size, most)
            yield archive, found


def _of_zip(source: Path) -> Iterator[Member]:
    with open_zip(source, FILE_BYTES) as (archive, found):
        for place, info in enumerate(found):

            def read(info: zipfile.ZipInfo = info) -> bytes:
                # In pieces: a single read would inflate whatever is there, then cut it off.
                with archive.open(info) as file:
                    return b"".join(iter(lambda: file.read(_CHUNK), b""))

            content = None if _is_folder(info) else read
            path = _inside(_name(info), is_folder=content is None)
            yield Member(path, content, place, len(found))


def _is_folder(info: zipfile.ZipInfo) -> bool:
    # zipfile's own word for a folder fails on a name without letters.
    return _name(info).replace("\\", "/").endswith("/")


def _name(info: zipfile.ZipInfo) -> str:
    """The name of a member; some systems write it in UTF-8 and do not say so."""
    name = info.orig_filename
    if info.flag_bits & _IN_UTF8 or name.isascii():
        return name
    try:
        # What zipfile takes every other name for.
        return name.encode("cp437").decode("utf-8")
    except UnicodeError:
        return name


def _check_zipped(info: zipfile.ZipInfo) -> None:
    _inside(_name(info))
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind not in (0, stat.S_IFREG):
        raise ImportRefusedError(f"{info.filename} is a link or a device")
    if info.flag_bits & 1:
        raise ImportRefusedError(f"{info.filename} is encrypted")
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise ImportRefusedError(f"{info.filename} is compressed in another way than by deflate")


def _directory_bytes(source: Path) -> int:
    """How long a zip's list of members is, by the record at its end (APPNOTE 4.3.14, 4.3.16)."""
    with damage_told("it"), source.open("rb") as file:
        size = file.seek(0, io.SEEK_END)
        file.seek(max(0, size - (1 << 16) - 22 - 76))
        tail = file.read()
    end = tail.rfind(b"PK\x05\x06")
    length = int.from_bytes(tail[end + 12 : end + 16], "little")
    large = tail.rfind(b"PK\x06\x06", 0, max(end, 0))
    if large >= 0:
        length = max(length, int.from_bytes(tail[large + 40 : large + 48], "little"))
    return length if end >= 0 else 0


def _of_tar(source: Path) -> Iterator[Member]:
    with damage_told("it"), source.open("rb") as packed:
        stream = _inflated(source, packed)
        archive = tarfile.open(fileobj=stream, mode="r|", tarinfo=_Header)  # noqa: SIM115
        budget = Budget()
        while (header := archive.next()) is not None:
            # It would keep them all.
            archive.members.clear()  # type: ignore[attr-defined]
            path = _inside(header.name, is_folder=header.isdir())
            if header.isdir():
                yield Member(path, None, packed.tell(), source.stat().st_size)
                continue
            if not header.isreg() or header.issparse():
                raise ImportRefusedError(f"{path} is a link, a device or a sparse file")
            budget.spend(str(path), header.size, FILE_BYTES)
            file = cast("BinaryIO", archive.extractfile(header))
            yield Member(path, file.read, packed.tell(), source.stat().st_size)
        # Only at its very end does a compressed file say whether all of it was right.
        while stream.read(_CHUNK):
            pass


class _Header(tarfile.TarInfo):
    """A tar header; tarfile takes a damaged one for the end of the archive, without a word."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> _Header:
        try:
            header = super().frombuf(buf, encoding, errors)
        except tarfile.HeaderError as error:
            if buf and not any(buf):
                # The block of zeros at the end.
                raise
            raise ImportRefusedError(f"it is damaged: {error}") from None
        # tarfile reads such headers by itself, whole, before anybody sees the member.
        extended = header.type not in (*tarfile.REGULAR_TYPES, tarfile.DIRTYPE)
        if extended and header.size > _EXTENDED_BYTES:
            raise ImportRefusedError(f"it is damaged: a header of {header.size:,} bytes")
        return header


class _Limited(io.RawIOBase):
    """A stream that ends with an error after the bytes that an archive may unpack to."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        # A header per file, and the padding.
        self._left = TOTAL_BYTES + 2048 * FILES

    def read(self, size: int = -1) -> bytes:
        data = self._stream.read(size)
        self._left -= len(data)
        if self._left < 0:
            raise ImportRefusedError("it would unpack to more than is allowed")
        return data


def _inflated(source: Path, packed: BinaryIO) -> _Limited:
    match kind_of(source):
        case "gzip":
            stream = cast("BinaryIO", gzip.GzipFile(fileobj=packed))
        case "xz":
            stream = cast("BinaryIO", lzma.LZMAFile(packed))  # noqa: SIM115
        case _:
            stream = packed
    return _Limited(stream)


@contextmanager
def damage_told(what: str) -> Iterator[None]:
    """Say of a file that cannot be read that it is damaged."""
    try:
        yield
    except _DAMAGED as error:
        raise ImportRefusedError(f"{what} is damaged or cannot be read: {error}") from error


def _inside(name: str, *, is_folder: bool = False) -> PurePosixPath:
    """The path of a member; one that leads elsewhere or cannot be shown is refused."""
    # Windows' own tools write backslashes; one name comes composed from one system, and decomposed
    # from another; the icon of a folder has a line end in its name.
    plain = unicodedata.normalize("NFC", name.replace("\\", "/"))
    path = PurePosixPath(_ICON.sub(".Icon", plain))
    if not (path.name or is_folder):
        raise ImportRefusedError("one of its files has no name")
    if path.is_absolute() or ".." in path.parts or _DRIVE.match(name):
        raise ImportRefusedError(f"the path {name!r} leads out of the archive")
    if not str(path).isprintable():
        raise ImportRefusedError(f"the path {name!r} has characters that cannot be shown")
    return path
