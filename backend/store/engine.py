"""Connections to the database, and its migrations."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, event

from pruning.locks import alone

MIGRATIONS = Path(__file__).parent / "migrations"
# The number of a lock of PostgreSQL's, which only those who migrate take.
_MIGRATING = 727_001


def make_engine(url: str) -> Engine:
    """An engine for ``url``; SQLite in WAL mode, so that readers and the writer do not wait."""
    engine = create_engine(url, pool_pre_ping=not url.startswith("sqlite"))
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _configure_sqlite)
    return engine


def _configure_sqlite(connection: Any, _: Any) -> None:
    for pragma in (
        "busy_timeout=5000",
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "foreign_keys=ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def migrate(engine: Engine) -> None:
    """Bring the database to the newest schema, or leave it as it was; others wait meanwhile."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with _alone(engine), _one_transaction(engine) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _alone(engine: Engine) -> AbstractContextManager[None]:
    """A lock that is held before SQLite is reached at all.

    Of two that open an empty database at once, one would fail to switch it to WAL, and SQLite's
    own lock is waited for only so long.
    """
    if engine.dialect.name != "sqlite":
        return nullcontext()
    return alone(Path(f"{engine.url.database}.lock"))


@contextmanager
def _one_transaction(engine: Engine) -> Iterator[Connection]:
    """A transaction that takes tables back as well as rows."""
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            # A table that is made anew is dropped first, and the rows of others that name its
            # rows would go with it. A connection without foreign keys is nobody else's.
            connection.detach()
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            # Python's driver begins on its own before rows are changed, but not before tables.
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_MIGRATING})")
        yield connection
