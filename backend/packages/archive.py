"""Read an archive that anybody may have made: nothing in it is believed before it was checked."""

from __future__ import annotations

import hashlib
import io
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from backend.packages.contents import (
    DIRECTORY_BYTES,
    DOCUMENT_BYTES,
    FIRST_FORMAT,
    FORMAT,
    MANIFEST,
    MANIFEST_BYTES,
    MASKS_FORMAT,
    MOST_FILES,
    FileFacts,
    Manifest,
)
from backend.packages.strict_json import strict_json
from backend.problems import Problem

_BLOCK = 1 << 20
_ENCRYPTED = 0x1
# What comes out of the others that zipfile reads, it hands on whole, however much that is.
_PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_VERSION = re.compile(r"[\w.+-]{1,30}", re.ASCII)
Document = TypeVar("Document", bound=BaseModel)


def refused(detail: str) -> Problem:
    """Why a package is not taken in."""
    return Problem(422, "It cannot be imported", f"{detail} Nothing was imported.")


def too_large(limit: int) -> Problem:
    """A package that would fill the disk."""
    mib = limit / 2**20
    return Problem(
        413,
        "The package is too large",
        f"A package may have {mib:,.0f} MiB, packed and unpacked. Nothing was imported; set "
        "PRUNELAB_IMPORT_BYTES to take larger ones.",
    )


@contextmanager
def opened(file: Path, most_bytes: int) -> Iterator[Archive]:
    """The archive in a file, closed in the end; a Problem for one that cannot be read."""
    with _Source(io.FileIO(file)) as source:
        with _corrupt():
            pack = zipfile.ZipFile(source)
        with pack:
            yield Archive(pack, most_bytes)


class _Source(io.BufferedReader):
    """A file of which nothing large is read at once, as a list of a million files would be."""

    def read(self, size: int | None = -1, /) -> bytes:
        if size is not None and size > DIRECTORY_BYTES:
            mib = DIRECTORY_BYTES / 2**20
            raise refused(f"The archive has too many files: their list may have {mib:.0f} MiB.")
        return super().read(size)


@contextmanager
def _corrupt() -> Iterator[None]:
    """Turn what a reader of archives stumbles over into a problem."""
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, EOFError, struct.error, UnicodeDecodeError) as error:
        raise refused(f"The file is no .prunelab.zip, or it is damaged ({error}).") from error
    except (NotImplementedError, RuntimeError) as error:
        raise refused(f"The archive is packed in a way that is not read here ({error}).") from error


class Archive:
    """A package whose names, sizes and manifest have been checked.

    Parameters
    ----------
    most_bytes
        How large all files together may be, by what the archive says and by what comes out.
    """

    def __init__(self, pack: zipfile.ZipFile, most_bytes: int) -> None:
        self._pack = pack
        self._left = self._most = most_bytes
        infos = pack.infolist()
        if len(infos) > MOST_FILES:
            raise refused(f"The archive has {len(infos):,} files; {MOST_FILES:,} are the most.")
        names = [_safe(info) for info in infos]
        if len(set(names)) < len(names):
            raise refused("The archive has two files of the same name.")
        if any(not 0 <= info.header_offset < pack.start_dir for info in infos):
            raise refused("The archive is damaged: a file is not where its list says.")
        if sum(info.file_size for info in infos) > most_bytes:
            raise too_large(most_bytes)
        if MANIFEST not in names:
            raise refused(f"The archive is no package of PruneLab: it has no {MANIFEST}.")
        self.manifest = self._manifest()
        if set(names) != {MANIFEST, *self.manifest.files}:
            raise refused("The files in the archive are not those that its manifest names.")

    def document(self, name: str, kind: type[Document]) -> Document:
        """A JSON file as what it has to be."""
        return parsed(self.read(name), kind, name)

    def read(self, name: str) -> bytes:
        """A file that fits into memory."""
        facts = self._facts(name)
        if facts.size > DOCUMENT_BYTES:
            raise refused(f"{name} is larger than a document may be.")
        return b"".join(self.blocks(name))

    def blocks(self, name: str) -> Iterator[bytes]:
        """The bytes of a file, which have been what the manifest says once they have all come."""
        facts, digest, size = self._facts(name), hashlib.sha256(), 0
        for block in self._inflated(name):
            size += len(block)
            if size > facts.size:
                break
            digest.update(block)
            yield block
        if size != facts.size or digest.hexdigest() != facts.sha256:
            raise refused(f"{name} is not what the manifest says of it.")

    def _facts(self, name: str) -> FileFacts:
        if name not in self.manifest.files:
            raise refused(f"{name} is missing.")
        return self.manifest.files[name]

    def _inflated(self, name: str) -> Iterator[bytes]:
        """What comes out, counted: an archive's own word for it is no limit."""
        with _corrupt(), self._pack.open(name) as file:
            while block := file.read(_BLOCK):
                self._left -= len(block)
                if self._left < 0:
                    raise too_large(self._most)
                yield block

    def _manifest(self) -> Manifest:
        text = bytearray()
        for block in self._inflated(MANIFEST):
            text += block
            if len(text) > MANIFEST_BYTES:
                raise refused(f"{MANIFEST} is larger than a document may be.")
        _require_known_format(bytes(text))
        return parsed(bytes(text), Manifest, MANIFEST)


def _require_known_format(text: bytes) -> None:
    """Tell of a newer format before anything else: its other fields may well be unknown."""
    document = _json(text, MANIFEST)
    told: dict[str, Any] = document if isinstance(document, dict) else {}
    number = told.get("format")
    if isinstance(number, int) and number > FORMAT:
        by = str(told.get("prunelab", ""))
        version = f" ({by})" if _VERSION.fullmatch(by) else ""
        raise refused(
            f"The package was written by a newer PruneLab{version}: its "
            f"format is {number}, and {FORMAT} is the newest that is known here. Update PruneLab."
        )
    if number not in (FIRST_FORMAT, MASKS_FORMAT, FORMAT):
        raise refused(f"The {MANIFEST} of the archive is of no known format.")


def _safe(info: zipfile.ZipInfo) -> str:
    """The name of an entry, if it is a plain file inside the archive's folder."""
    name = info.filename
    # Reading a name cuts it at a zero byte, and turns what separates folders.
    parts = PurePosixPath(name).parts
    is_inside = bool(parts) and "/".join(parts) == name and ".." not in parts
    if not is_inside or name.startswith("/") or set("\\\0") & set(info.orig_filename):
        raise refused(f"The archive has a file with the name {name[:80]!r}, which leads elsewhere.")
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind not in (0, stat.S_IFREG):
        raise refused(f"{name[:80]!r} in the archive is a link or another thing that is no file.")
    if info.flag_bits & _ENCRYPTED:
        raise refused("The archive is encrypted.")
    if info.compress_type not in _PACKED:
        raise refused(f"{name[:80]!r} is packed otherwise than by deflating. Pack it like that.")
    return name


def parsed(text: bytes, kind: type[Document], name: str) -> Document:
    """JSON as a document of some kind, or a Problem that names the file."""
    _json(text, name)
    try:
        return kind.model_validate_json(text)
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        place = ".".join(map(str, first["loc"]))[:200]
        raise refused(f"{name} is not as it should be ({place}: {first['msg']}).") from error


def _json(text: bytes, name: str) -> object:
    try:
        return strict_json(text)
    except ValueError as error:
        raise refused(f"{name} is not valid JSON, or none that is read here ({error}).") from error
