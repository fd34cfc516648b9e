"""What routes ask for."""

from __future__ import annotations

from typing import Annotated, cast

from fastapi import Depends, Query
from starlette.requests import HTTPConnection

from backend.event_log import EventTail
from backend.queue_view import QueueView
from backend.run_list import RunList
from backend.runs import Runs
from backend.services import Services


def _services(connection: HTTPConnection) -> Services:
    return cast("Services", connection.app.state.services)


def _runs(connection: HTTPConnection) -> Runs:
    return _services(connection).runs


def _run_list(connection: HTTPConnection) -> RunList:
    return _services(connection).run_list


def _queue_view(connection: HTTPConnection) -> QueueView:
    return _services(connection).queue_view


def _tail(connection: HTTPConnection) -> EventTail:
    return cast("EventTail", connection.app.state.tail)


ServicesOf = Annotated[Services, Depends(_services)]
RunsOf = Annotated[Runs, Depends(_runs)]
RunListOf = Annotated[RunList, Depends(_run_list)]
QueueViewOf = Annotated[QueueView, Depends(_queue_view)]
EventId = Annotated[
    str, Query(pattern=r"^\d+(-\d+)?$", description="The id of an event, such as 1795216730009-0.")
]
TailOf = Annotated[EventTail, Depends(_tail)]
