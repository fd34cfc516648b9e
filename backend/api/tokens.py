"""Bearer tokens over REST."""

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field

from backend.access.guard import Visitor
from backend.access.tokens import Token
from backend.api.access import AccessOf, VisitorOf
from backend.problems import Problem, problem_answers

router = APIRouter(prefix="/tokens", tags=["tokens"], responses=problem_answers(401, 403, 404, 422))


def _person(visitor: VisitorOf) -> Visitor:
    """A token that got into wrong hands must not make others that outlive it."""
    if visitor is None or visitor.by == "token":
        detail = "Tokens are made and revoked by people: log in, or use `prunelab token`."
        raise Problem(403, "A token may not do this", detail)
    return visitor


Person = Annotated[Visitor, Depends(_person)]


class TokenRequest(BaseModel):
    """A token to be made."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(
        min_length=1, max_length=100, description="What it is for.", examples=["notebook"]
    )


class NewToken(Token):
    """A token with itself, which is shown this once."""

    token: str


@router.post("", status_code=201)
def create_token(request: TokenRequest, access: AccessOf, person: Person) -> NewToken:
    """Make a token; send it as `Authorization: Bearer TOKEN`."""
    token, secret = access.tokens.create(person.name, request.name)
    return NewToken(**token.model_dump(), token=secret)


@router.get("")
def list_tokens(access: AccessOf, person: Person) -> list[Token]:
    """Your tokens, the newest first."""
    return access.tokens.of(person.name)


@router.delete("/{token_id}", status_code=204)
def revoke_token(token_id: str, access: AccessOf, person: Person) -> None:
    """Make a token worthless at once."""
    access.tokens.revoke(person.name, token_id)
