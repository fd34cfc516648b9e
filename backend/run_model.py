"""A run as the API tells of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, computed_field, field_validator

from pruning.events import TERMINAL, Status
from pruning.experiments.base import experiments


class Run(BaseModel):
    """One submitted experiment."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    experiment: str
    title: str
    tags: list[str]
    config: dict[str, Any]
    config_hash: str
    status: Status
    error: str | None
    cancel_requested: bool
    attempts: int
    missing: str | None = Field(
        None, description="What nobody who has looked at it so far knows; it waits for who does."
    )
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    starred: bool = False
    deleted_at: datetime | None = Field(None, description="Since when it is in the bin.")
    dataset: str = ""
    model: str = ""
    criteria: list[str] = Field(
        default_factory=list,
        description="What is compared: criteria, or whatever its experiment calls variants.",
    )
    duration: float | None = Field(None, description="Seconds from its start to its end.")
    main_result: str = Field("", description="What its result comes to, in one line.")
    main_value: float | None = Field(None, description="The number in it that runs are sorted by.")
    divided: bool = Field(False, exclude=True)

    @field_validator("criteria", mode="before")
    @classmethod
    def _as_list(cls, value: Any) -> Any:
        return [name for name in value.split(", ") if name] if isinstance(value, str) else value

    @field_validator("config", mode="before")
    @classmethod
    def _showable(cls, value: Any) -> Any:
        return _within_64_bits(value)

    @computed_field(description="What its experiment is called.")  # type: ignore[prop-decorator]
    @property
    def experiment_title(self) -> str:
        """The title of its experiment, or its name where that is not installed any more."""
        known = self.experiment in experiments.names()
        return experiments[self.experiment].title if known else self.experiment

    @property
    def ended(self) -> bool:
        """Whether it is in one of its terminal states."""
        return self.status in TERMINAL


def _within_64_bits(value: Any) -> Any:
    """The same with integers that JSON's readers have no room for as texts.

    Earlier versions took such numbers into configurations; they are refused now, and what is stored
    can be shown all the same.
    """
    match value:
        case dict():
            return {name: _within_64_bits(each) for name, each in value.items()}
        case list():
            return [_within_64_bits(each) for each in value]
        case int() if not -(2**63) <= value < 2**63:
            return str(value)
    return value


class Health(BaseModel):
    """Whether the machine room works, and if not, what to do."""

    ok: bool
    message: str = ""
