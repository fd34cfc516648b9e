"""Who may log in: one user with ``PRUNELAB_PASSWORD``, or those of the users file."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from backend.access.errors import AccessError
from backend.access.key import Key
from backend.access.passwords import check_hash, check_length, decoy, hash_password, is_right
from backend.settings import Settings

log = logging.getLogger(__name__)

# The user whose password is PRUNELAB_PASSWORD; nobody types this name.
OWNER = "owner"

_NAME = re.compile(r"[\w.@-]{1,128}")


@dataclass(frozen=True)
class User:
    """Somebody who may log in; ``mark`` changes when the password does."""

    name: str
    password_hash: str
    mark: str


class Users:
    """The users of this installation. A users file may be changed while the server runs."""

    def __init__(self, settings: Settings, key: Key) -> None:
        self._password = settings.password
        self._file = settings.users
        self._key = key
        self._seen: tuple[int, ...] = ()
        self._found: dict[str, User] = {}

    @property
    def are_named(self) -> bool:
        """Whether one logs in with a name, too."""
        return self._file is not None

    def check(self) -> None:
        """Raise :class:`AccessError` unless somebody could log in."""
        if self._password and self._file:
            raise AccessError("set PRUNELAB_PASSWORD or PRUNELAB_USERS, not both")
        if self._password:
            check_length(self._password.get_secret_value(), "PRUNELAB_PASSWORD")
        if self._file and not _read(self._file, self._key):
            raise AccessError(
                f"the users file {self._file} names nobody; `prunelab password` makes a line for it"
            )
        if self._password or self._file:
            # Hashed now, so that the first to ask does not wait, nor tells the others anything.
            _ = self._decoy

    def get(self, name: str) -> User | None:
        """A user, or None."""
        return self._all().get(name)

    def names(self) -> list[str]:
        """Everybody who may log in."""
        return list(self._all())

    def log_in(self, name: str, password: str) -> User | None:
        """The user whose password it is. It takes as long for a name that nobody has."""
        user = self.get(name if self.are_named else OWNER)
        right = is_right(password, user.password_hash if user else self._decoy)
        return user if right else None

    def _all(self) -> dict[str, User]:
        if self._file is None:
            return self._owner
        try:
            found = self._file.stat()
            seen = (found.st_mtime_ns, found.st_size, found.st_ino)
            if seen != self._seen:
                self._found, self._seen = _read(self._file, self._key), seen
        except (OSError, AccessError):
            # Nobody gets in by a file that cannot be read, and the log has why.
            log.exception("the users file cannot be used")
            self._found, self._seen = {}, ()
        return self._found

    @cached_property
    def _owner(self) -> dict[str, User]:
        if self._password is None:
            return {}
        password = self._password.get_secret_value()
        # The hash has another salt after every start; sessions are to outlive that.
        mark = self._key.fingerprint(f"password:{password}")
        return {OWNER: User(OWNER, hash_password(password), mark)}

    @cached_property
    def _decoy(self) -> str:
        anybody = next(iter(self._all().values()), None)
        return decoy(anybody.password_hash if anybody else hash_password(""))


def users_line(name: str, password: str) -> str:
    """A line of the users file.

    Raises
    ------
    AccessError
        For a name that could not stand there and a password that is too short.
    """
    if not _NAME.fullmatch(name):
        raise AccessError("a name takes letters, digits and the signs . _ @ -")
    check_length(password)
    return f"{name}:{hash_password(password)}"


def _read(file: Path, key: Key) -> dict[str, User]:
    try:
        lines = file.read_text().splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise AccessError(f"the users file {file} cannot be read ({error})") from None
    found = {}
    for number, line in enumerate(map(str.strip, lines), start=1):
        if not line or line.startswith("#"):
            continue
        name, _, hashed = line.partition(":")
        try:
            found[name] = _user(name, hashed, key)
        except ValueError as error:
            raise AccessError(f"line {number} of the users file {file} {error}") from None
    return found


def _user(name: str, hashed: str, key: Key) -> User:
    if not _NAME.fullmatch(name):
        raise ValueError("does not begin with a name and a colon")
    check_hash(hashed)
    return User(name, hashed, key.fingerprint(f"hash:{hashed}"))
