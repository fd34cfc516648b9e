"""Moments in time, all of them in UTC."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime


def in_utc(moment: datetime) -> datetime:
    """The same moment in UTC; one without a time zone is taken to be in UTC.

    Raises
    ------
    ValueError
        If UTC's calendar does not have it: it ends with the year 9999, wherever one lives.
    """
    if moment.tzinfo is None:
        return moment.replace(tzinfo=UTC)
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("has to be in the years 1 to 9999, in UTC too") from None


# What people send has to say its time zone: theirs may be another than the server's.
Moment = Annotated[AwareDatetime, AfterValidator(in_utc)]
