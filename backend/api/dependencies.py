"""What routes ask for."""

from __future__ import annotations

import re
from typing import Annotated, cast

from fastapi import Depends, Query
from pydantic import AfterValidator, Field
from starlette.requests import HTTPConnection

from backend.feeds import Feeds
from backend.live import DashboardFeed, RunFeed
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


def _run_feeds(connection: HTTPConnection) -> Feeds[RunFeed]:
    return cast("Feeds[RunFeed]", connection.app.state.run_feeds)


def _dashboard_feeds(connection: HTTPConnection) -> Feeds[DashboardFeed]:
    return cast("Feeds[DashboardFeed]", connection.app.state.dashboard_feeds)


def _event_id(text: str) -> str:
    # Redis has 64 bits for each part.
    if not re.fullmatch(r"[0-9]{1,19}(-[0-9]{1,19})?", text):
        raise ValueError("has to be the id of an event, such as 1795216730009-0, or 0")
    return text


# Any whole number that databases have room for.
Whole = Annotated[int, Field(ge=0, le=2**31 - 1)]
ServicesOf = Annotated[Services, Depends(_services)]
RunsOf = Annotated[Runs, Depends(_runs)]
RunListOf = Annotated[RunList, Depends(_run_list)]
QueueViewOf = Annotated[QueueView, Depends(_queue_view)]
EventId = Annotated[
    str,
    AfterValidator(_event_id),
    Query(description="The id of an event, such as 1795216730009-0; 0 is before the first."),
]
RunFeedsOf = Annotated[Feeds[RunFeed], Depends(_run_feeds)]
DashboardFeedsOf = Annotated[Feeds[DashboardFeed], Depends(_dashboard_feeds)]
