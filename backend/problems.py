"""Errors as problem documents (RFC 9457) that say what to change."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

MEDIA_TYPE = "application/problem+json"


class FieldError(BaseModel):
    """What is wrong with one field, and what it may be."""

    field: str
    message: str
    allowed: list[str] | None = None


class ProblemDocument(BaseModel):
    """The body of every error."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    errors: list[FieldError] = []


def problem_answers(*codes: int) -> dict[int | str, dict[str, Any]]:
    """What a router says of its errors in the API's documentation."""
    answer = {"model": ProblemDocument, "content": {MEDIA_TYPE: {}}}
    return {code: answer for code in codes}


def file_answer(*media_types: str) -> dict[int | str, dict[str, Any]]:
    """What a router says of an answer that is a file of one of these types."""
    return {200: {"content": {name: {} for name in media_types}}}


class Problem(Exception):  # noqa: N818 - it is a problem document, by the name of its standard
    """An error with a place in the API: raise it anywhere below a route."""

    def __init__(
        self,
        status: int,
        title: str,
        detail: str,
        errors: Iterable[FieldError] = (),
        *,
        retry_after: int | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.title = title
        self.detail = detail
        self.errors = list(errors)
        self.retry_after = 5 if retry_after is None and status == 503 else retry_after

    @property
    def document(self) -> ProblemDocument:
        """The problem as the body of an answer."""
        return ProblemDocument(
            title=self.title, status=self.status, detail=self.detail, errors=self.errors
        )

    def response(self) -> JSONResponse:
        """The problem as an HTTP response."""
        headers = {"Retry-After": str(self.retry_after)} if self.retry_after else None
        return JSONResponse(
            self.document.model_dump(), self.status, headers=headers, media_type=MEDIA_TYPE
        )


def not_found(what: str) -> Problem:
    """A thing that does not exist (any more)."""
    return Problem(404, "Not found", f"There is no {what}.")


def unavailable(detail: str) -> Problem:
    """A part of the machine room that does not answer."""
    return Problem(503, "Not available right now", detail)


def fault() -> Problem:
    """What nobody has foreseen, once the log has the whole of it."""
    return Problem(500, "Something went wrong", "This is a fault of the server; its log says more.")


def invalid(error: ValidationError, *prefix: str) -> Problem:
    """A configuration that its model refused; ``prefix`` is where it stood in the request."""
    return _invalid(error.errors(), prefix)


def _invalid(errors: Iterable[Mapping[str, Any]], prefix: tuple[str, ...] = ()) -> Problem:
    fields = [_field_error(error, prefix) for error in errors]
    detail = "; ".join(_sentence(field, prefix) for field in fields)
    return Problem(422, "The request is not valid", detail, fields)


def sentence(error: Exception) -> str:
    """What an error says, as a sentence."""
    text = str(error)
    return f"{text[0].upper()}{text[1:]}."


def _sentence(field: FieldError, prefix: tuple[str, ...]) -> str:
    """What is wrong with a field; what is wrong with the whole speaks for itself."""
    whole = field.field in (_BODY, ".".join(prefix))
    # A message about one of a list names it by its value, which people know it by.
    name = re.sub(r"\.\d+$", "", field.field)
    return field.message if whole else f"{name}: {field.message}"


def _field_error(error: Mapping[str, Any], prefix: tuple[str, ...]) -> FieldError:
    context = error.get("ctx", {})
    # Where it is no JSON it says a place in the text, not a field.
    place = () if error["type"] == "json_invalid" else error["loc"]
    is_of_all = not prefix and place in ((), (_BODY,)) and error["type"] in _MESSAGES
    allowed = context.get("allowed") or context.get("expected")
    return FieldError(
        field=".".join(map(str, (*prefix, *place))) or _BODY,
        message=f"the request {_message(error)}" if is_of_all else _message(error),
        allowed=_names(str(allowed)) if allowed else None,
    )


def _names(listed: str) -> list[str]:
    """The names of a list in words, such as ``'a', 'b' or 'c'``."""
    return [name.strip("'") for name in listed.replace(" or ", ", ").split(", ")]


# What pydantic says to programmers, said to whoever fills a form in.
_MESSAGES = {
    "too_short": "needs at least {fewest}",
    "too_long": "takes at most {most}, not {actual_length}",
    "string_too_short": "has to be {min_length} characters or more",
    "string_too_long": "has to be {max_length} characters or fewer",
    "list_type": "has to be a list",
    "dict_type": "has to be an object with names and values",
    "model_type": "has to be an object with names and values",
    "model_attributes_type": "has to be an object with names and values",
    "int_type": "needs a whole number",
    "int_parsing": "needs a whole number",
    "int_parsing_size": "is too large",
    "int_from_float": "needs a whole number",
    "float_type": "needs a number",
    "float_parsing": "needs a number",
    "finite_number": "needs a finite number",
    "literal_error": "has to be {expected}",
    "string_type": "needs text",
    "bool_type": "has to be true or false",
    "bool_parsing": "has to be true or false",
    "greater_than_equal": "has to be {ge} or more",
    "less_than_equal": "has to be {le} or less",
    "greater_than": "has to be more than {gt}",
    "less_than": "has to be less than {lt}",
    "missing": "is missing",
    "extra_forbidden": "is no setting",
    "base64_decode": "is not valid base64",
    "json_invalid": "is not valid JSON: {error}",
}


# What is refused for its value, which is named. Texts are not: some are secrets.
_OF_VALUES = ("int_", "float_", "bool_", "finite_", "literal_", "greater_", "less_")


def _message(error: Mapping[str, Any]) -> str:
    """What a value has to be, and which it is: "has to be 1 or more, not 0"."""
    pattern = _MESSAGES.get(error["type"])
    if not pattern:
        return str(error["msg"]).removeprefix(_PREFIX)
    if error["type"] == "json_invalid":
        # Pydantic says the place itself where it reads the text, FastAPI in its own.
        at = "".join(f", at character {place}" for place in error["loc"])
        return pattern.format(**error["ctx"]) + at
    if error["type"] == "list_type" and error["input"] in (None, ""):
        return "needs at least one value"
    message = pattern.format(**_in_words(error.get("ctx", {})))
    if bool(error["loc"]) and isinstance(error["loc"][-1], int):
        return f"each {message}{_typed(error)}"
    return message + (_typed(error) if error["type"].startswith(_OF_VALUES) else "")


def _in_words(context: Mapping[str, Any]) -> dict[str, Any]:
    """Bounds as people write them."""
    counts = {"fewest": "min_length", "most": "max_length"}
    words = {word: _values(context[name]) for word, name in counts.items() if name in context}
    return {name: _written(value) for name, value in context.items()} | words


def _values(count: int) -> str:
    return "one value" if count == 1 else f"{count} values"


def _written(value: Any) -> Any:
    """A number without the zeros behind its point: whole ones are read as floats, too."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _typed(error: Mapping[str, Any]) -> str:
    """The refused value as it was typed; nothing where there is none."""
    value = error["input"]
    if value is None or value == "" or not isinstance(value, str | int | float):
        return ""
    typed = str(_written(value))
    return f", not {typed}" if len(typed) <= _LONGEST else f", not “{typed[:_LONGEST]}…”"


_PREFIX = "Value error, "
_BODY = "body"
_LONGEST = 30


def add_handlers(app: FastAPI) -> None:
    """Answer every error of ``app`` with a problem document."""

    @app.exception_handler(Problem)
    async def _problem(_: Request, problem: Problem) -> JSONResponse:
        return problem.response()

    @app.exception_handler(RequestValidationError)
    async def _request(_: Request, error: RequestValidationError) -> JSONResponse:
        # Every location starts with where the value stood (body, query, path): noise to a reader.
        errors = [{**item, "loc": item["loc"][1:] or item["loc"]} for item in error.errors()]
        return _invalid(errors).response()

    @app.exception_handler(ClientDisconnect)
    async def _gone(_: Request, __: ClientDisconnect) -> JSONResponse:
        # Nobody hears it: whoever sent the half of a body is gone, which is no fault of the server.
        detail = "The connection ended before all of the request had come."
        return Problem(400, "The request ended early", detail).response()

    @app.exception_handler(Exception)
    async def _fault(_: Request, __: Exception) -> JSONResponse:
        # Starlette raises it again after the answer, so the log has the whole of it.
        return fault().response()

    @app.exception_handler(HTTPException)
    async def _http(request: Request, error: HTTPException) -> JSONResponse:
        title = str(error.detail)
        return Problem(error.status_code, title, f"{title}: {request.url.path}").response()
