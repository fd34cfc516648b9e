"""`prunelab password`, `prunelab token`, and where a server may listen without a login."""

from __future__ import annotations

from typing import Annotated, NoReturn

import typer

from backend.access.errors import AccessError
from backend.access.key import Key
from backend.access.service import check_access
from backend.access.tokens import Tokens
from backend.access.users import OWNER, Users, users_line
from backend.places import make_home
from backend.settings import Settings


def add_commands(cli: typer.Typer) -> None:
    """Add both commands."""
    cli.command()(password)
    cli.command()(token)


def checked(host: str) -> str:
    """A host that can be served without letting anybody in who should not be."""
    try:
        check_access(Settings(), host)
    except AccessError as error:
        _fail(str(error))
    return host


def password(
    name: Annotated[str, typer.Argument(help="The name to log in with.")],
) -> None:
    """Print a line for the users file that PRUNELAB_USERS names."""
    typed = typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    try:
        typer.echo(users_line(name, typed))
    except AccessError as error:
        _fail(str(error))


def token(
    name: Annotated[str, typer.Argument(help="What it is for, such as notebook.")],
    user: Annotated[str | None, typer.Option(help="Whose it is, with a users file.")] = None,
) -> None:
    """Make a bearer token for the API, and print it this once."""
    from backend.store.engine import make_engine, migrate

    settings = Settings()
    try:
        owner = _owner(settings, user)
    except AccessError as error:
        _fail(str(error))
    make_home(settings.home)
    engine = make_engine(settings.database_url)
    migrate(engine)
    _, secret = Tokens(engine).create(owner, name)
    engine.dispose()
    typer.echo(secret)


def _owner(settings: Settings, asked: str | None) -> str:
    """Whose the token will be: whoever is named, or the only user that there is."""
    if settings.users is None:
        if asked is not None:
            raise AccessError("--user is for a users file; set PRUNELAB_USERS to it")
        return OWNER
    users = Users(settings, Key(settings))
    users.check()
    names = users.names()
    if asked is None and len(names) > 1:
        raise AccessError(f"say whose it is, with --user: {', '.join(names)}")
    if asked is not None and asked not in names:
        raise AccessError(f"there is no user {asked!r}; there are {', '.join(names)}")
    return asked or names[0]


def _fail(message: str) -> NoReturn:
    typer.echo(f"prunelab: {message}", err=True)
    raise typer.Exit(1)
