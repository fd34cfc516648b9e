"""Rows that are read to be changed."""

from __future__ import annotations

from typing import TypeVar

from sqlalchemy import update
from sqlalchemy.orm import Session

from backend.store.models import DashboardRow, RunRow

Row = TypeVar("Row", DashboardRow, RunRow)


def locked(session: Session, kind: type[Row], key: str) -> Row | None:
    """A row that nobody else changes before this transaction ends; None if there is none.

    The transaction begins with a write, because SQLite knows no ``FOR UPDATE``: what is read
    there before the first write may be old when the write comes.
    """
    held = update(kind).where(kind.id == key).values(id=kind.id)
    session.connection().execute(held)
    return session.get(kind, key)
