"""Passwords: hashed with Argon2id, checked at the same cost whoever asks."""

from __future__ import annotations

from argon2 import PasswordHasher, extract_parameters
from argon2.exceptions import InvalidHashError, VerificationError

from backend.access.errors import AccessError

SHORTEST = 8
LONGEST = 1024

_hasher = PasswordHasher()


def hash_password(password: str) -> str:
    """The Argon2id hash of a password, with a salt of its own."""
    return _hasher.hash(password)


def is_right(password: str, hashed: str) -> bool:
    """Whether a password is the one that was hashed."""
    if len(password) > LONGEST:
        return False
    try:
        return _hasher.verify(hashed, password)
    except VerificationError:
        return False


def check_hash(hashed: str) -> None:
    """Raise ValueError unless it is an Argon2 hash."""
    try:
        extract_parameters(hashed)
    except InvalidHashError as error:
        raise ValueError("is no Argon2 hash") from error


def decoy(like: str) -> str:
    """A hash that nothing matches and that costs as much to check as ``like``."""
    found = extract_parameters(like)
    hasher = PasswordHasher(found.time_cost, found.memory_cost, found.parallelism, found.hash_len)
    return hasher.hash("")


def check_length(password: str, what: str = "the password") -> None:
    """Raise :class:`AccessError` for a password that is too short, or too long to be one."""
    if len(password) < SHORTEST:
        raise AccessError(f"{what} needs at least {SHORTEST} characters")
    if len(password) > LONGEST:
        raise AccessError(f"{what} may have at most {LONGEST} characters")
