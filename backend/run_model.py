"""A run as the API tells of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_validator

from pruning.events import TERMINAL, Status


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

    @property
    def ended(self) -> bool:
        """Whether it is in one of its terminal states."""
        return self.status in TERMINAL


class Health(BaseModel):
    """Whether the machine room works, and if not, what to do."""

    ok: bool
    message: str = ""
