"""Whether what the settings name is there, before anything is started: a sentence if it is not."""

from __future__ import annotations

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.script.revision import ResolutionError
from alembic.util import CommandError
from redis import Redis
from sqlalchemy import Engine, exc, make_url

from backend.artifacts import Artifacts
from backend.settings import Settings
from backend.store.engine import MIGRATIONS, make_engine
from backend.troubles import why_database


class CannotOpenError(Exception):
    """What of the settings cannot be opened, and what to change."""


def check(settings: Settings) -> None:
    """Open the database and the store of artifacts, and read the address of Redis.

    Raises
    ------
    CannotOpenError
        If one of them cannot be opened.
    """
    _check_redis(settings.redis_url)
    _check_artifacts(settings.artifacts_url)
    engine = _engine(settings.database_url)
    try:
        _check_revision(engine)
    except exc.DBAPIError as error:
        said = why_database(error) or str(error.orig)
        raise CannotOpenError(f"{_named(engine)}: {said} ({_first_line(error.orig)})") from error
    finally:
        engine.dispose()


def _engine(url: str) -> Engine:
    try:
        return make_engine(url)
    except exc.ArgumentError as error:
        raise CannotOpenError(
            "DATABASE_URL is no address of a database; it looks like "
            "postgresql://user:password@host/name or sqlite:////folder/file"
        ) from error
    except (exc.NoSuchModuleError, ImportError) as error:
        name = make_url(url).drivername
        raise CannotOpenError(
            f"DATABASE_URL asks for a database of the kind {name}, whose driver is not installed "
            f"({error}): PruneLab works with PostgreSQL and SQLite"
        ) from error


def _check_revision(engine: Engine) -> None:
    """Refuse a database of a version that is not known here."""
    scripts = ScriptDirectory(str(MIGRATIONS))
    with engine.connect() as connection:
        heads = MigrationContext.configure(connection).get_current_heads()
    for revision in heads:
        try:
            scripts.get_revision(revision)
        except (CommandError, ResolutionError) as error:
            raise CannotOpenError(
                f"{_named(engine)} is of a newer version of PruneLab (its revision is {revision}): "
                "update this one, or name another database in DATABASE_URL"
            ) from error


def _check_redis(url: str) -> None:
    """Refuse what is no address; a server that does not answer may come yet."""
    try:
        Redis.from_url(url)
    except ValueError as error:
        raise CannotOpenError(
            "REDIS_URL is no address of a Redis server: it begins with redis://, rediss:// or "
            "unix://, as in redis://:password@host:6379/0"
        ) from error


def _check_artifacts(url: str) -> None:
    try:
        Artifacts(url)
    except ImportError as error:
        raise CannotOpenError(
            f"ARTIFACTS_URL is {_without_secrets(url)}, which needs a package that is not "
            f"installed: {error}"
        ) from error
    except ValueError as error:
        raise CannotOpenError(
            f"ARTIFACTS_URL is {_without_secrets(url)}, which is neither a folder nor an address "
            f"that fsspec understands: {error}"
        ) from error


def _named(engine: Engine) -> str:
    """The database, without its password."""
    return f"The database {engine.url.render_as_string(hide_password=True)}"


def _without_secrets(url: str) -> str:
    """An address without what stands before its host."""
    scheme, colon, rest = url.partition("://")
    return f"{scheme}{colon}{rest.rpartition('@')[2]}"


def _first_line(error: BaseException | None) -> str:
    return str(error).partition("\n")[0]
