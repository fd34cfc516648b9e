"""The key that sessions are signed with."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import tempfile
from contextlib import suppress
from functools import cached_property
from pathlib import Path

from itsdangerous import URLSafeTimedSerializer

from backend.access.errors import AccessError
from backend.places import make_home
from backend.settings import Settings

_SHORTEST = 32


class Key:
    """``PRUNELAB_SECRET``, or a random key that only the owner of the data directory can read."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def check(self) -> None:
        """Raise :class:`AccessError` for a key that somebody could guess, if there is one."""
        given = self._settings.secret
        if given is None:
            if self._file.exists():
                _read(self._file)
        elif len(given.get_secret_value()) < _SHORTEST:
            raise AccessError(f"PRUNELAB_SECRET needs at least {_SHORTEST} characters")

    @cached_property
    def bytes(self) -> bytes:
        """The key; made when it is first needed."""
        given = self._settings.secret
        return given.get_secret_value().encode() if given else _kept(self._file)

    def serializer(self, purpose: str) -> URLSafeTimedSerializer:
        """What signs and reads values; what was signed for one purpose is nothing for another."""
        kwargs = {"digest_method": hashlib.sha256}
        return URLSafeTimedSerializer(self.bytes, salt=f"prunelab.{purpose}", signer_kwargs=kwargs)

    def fingerprint(self, text: str) -> str:
        """What changes with a text and tells nothing of it."""
        return hmac.new(self.bytes, b"fingerprint:" + text.encode(), "sha256").hexdigest()[:32]

    @property
    def _file(self) -> Path:
        return self._settings.home / "secret"


def _kept(path: Path) -> bytes:
    """The key in a file; of several processes that make it at once, one wins for all."""
    try:
        return _read(path)
    except FileNotFoundError:
        make_home(path.parent)
    # Made with the mode 0600, and linked whole: nobody ever reads half a key, not even after the
    # power has failed.
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".secret-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_urlsafe(48).encode())
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(name, path)
    finally:
        Path(name).unlink()
    return _read(path)


def _read(path: Path) -> bytes:
    key = path.read_bytes()
    if len(key) < _SHORTEST:
        raise AccessError(
            f"the key in {path} is damaged; delete that file, and everybody logs in again"
        )
    return key
