"""Every setting of the application, read from the environment."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

from platformdirs import user_data_path
from pydantic import AliasChoices, Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Settings, each overridden by the environment variable that its alias names."""

    model_config = SettingsConfigDict(frozen=True, populate_by_name=True)

    home: Path = Field(
        default_factory=lambda: user_data_path("prunelab", appauthor=False),
        validation_alias=AliasChoices("PRUNELAB_HOME"),
        description="The data directory: store, trained networks, data sets, logs.",
    )
    redis_url: str = Field(
        "redis://127.0.0.1:6379/0",
        validation_alias=AliasChoices("REDIS_URL"),
        description="Redis or Valkey: Celery's broker and the event log.",
    )
    database: str | None = Field(
        None,
        validation_alias=AliasChoices("DATABASE_URL"),
        description="An SQLAlchemy URL; SQLite under the data directory unless given.",
    )
    hosts: str = Field(
        "localhost,127.0.0.1",
        validation_alias=AliasChoices("PRUNELAB_HOSTS"),
        description="The host names under which pages and API answer, with commas between them.",
    )
    lease_seconds: float = Field(
        10.0,
        validation_alias=AliasChoices("PRUNELAB_LEASE_SECONDS"),
        gt=0,
        description="How long a run belongs to a worker that gives no sign of life.",
    )
    attempts: int = Field(
        3,
        validation_alias=AliasChoices("PRUNELAB_ATTEMPTS"),
        ge=1,
        description="How often a run is started before it counts as failed.",
    )
    artifacts: str | None = Field(
        None,
        validation_alias=AliasChoices("ARTIFACTS_URL"),
        description="Where runs leave files: a folder or an fsspec URL; the data directory's "
        "folder artifacts unless given.",
    )
    data: Path | None = Field(
        None,
        validation_alias=AliasChoices("PRUNELAB_DATA"),
        description="A folder with data sets in torchvision's layout; it is only read.",
    )
    models: Path | None = Field(
        None,
        validation_alias=AliasChoices("PRUNELAB_MODELS"),
        description="A Python file with models of your own. It is run: name only one you trust.",
    )
    upload_bytes: int = Field(
        2 * 2**30,
        validation_alias=AliasChoices("PRUNELAB_UPLOAD_BYTES"),
        ge=1,
        description="How large a file may be that is uploaded as a data set.",
    )
    device: str | None = Field(
        None,
        validation_alias=AliasChoices("PRUNELAB_DEVICE"),
        description="The device of the workers; the first GPU, else the CPU, unless given.",
    )

    @cached_property
    def database_url(self) -> str:
        """The store's URL, with the driver that is installed for PostgreSQL."""
        url = self.database or f"sqlite:///{self.home / 'prunelab.sqlite3'}"
        for short in ("postgres://", "postgresql://"):
            if url.startswith(short):
                return url.replace(short, "postgresql+psycopg://", 1)
        return url

    @property
    def artifacts_url(self) -> str:
        """Where artifacts are kept."""
        return self.artifacts or str(self.home / "artifacts")

    def scratch(self, run_id: str) -> Path:
        """A folder for what a run needs until it ends."""
        return self.home / "scratch" / run_id

    @property
    def shared(self) -> tuple[Path, ...]:
        """Folders with data sets beside the data directory."""
        return (self.data,) if self.data else ()

    @property
    def data_dir(self) -> Path:
        """Where experiments keep data sets and trained networks."""
        return self.home / "data"
