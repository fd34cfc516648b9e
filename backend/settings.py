"""Every setting of the application, read from the environment."""

from __future__ import annotations

import ipaddress
from functools import cached_property
from pathlib import Path

import psutil
from platformdirs import user_data_path
from pydantic import AliasChoices, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Settings, each overridden by the environment variable that its alias names."""

    # A variable without a value, as compose files pass them on, is one that is not set.
    model_config = SettingsConfigDict(frozen=True, populate_by_name=True, env_ignore_empty=True)

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
        description="The host names under which pages and API answer, with commas between them. "
        "Where one has to log in, any unless given.",
    )
    served: str | None = Field(
        None,
        validation_alias=AliasChoices("PRUNELAB_SERVED"),
        description="The address that is listened on, as `prunelab web` notes it for itself.",
    )
    public_url: str | None = Field(
        None,
        validation_alias=AliasChoices("PRUNELAB_URL"),
        pattern=r"^https?://[^/?#\s]+/?$",
        description="By which address others reach the pages, such as https://prunelab.example; "
        "links of shares begin with it. The one that the page was opened by unless given.",
    )
    password: SecretStr | None = Field(
        None,
        validation_alias=AliasChoices("PRUNELAB_PASSWORD"),
        description="The password of the one user; without it and without users nobody logs in.",
    )
    users: Path | None = Field(
        None,
        validation_alias=AliasChoices("PRUNELAB_USERS"),
        description="A file of users with hashed passwords; `prunelab password` makes its lines.",
    )
    secret: SecretStr | None = Field(
        None,
        validation_alias=AliasChoices("PRUNELAB_SECRET"),
        description="What sessions are signed with; a random key in the data directory unless "
        "given.",
    )
    session_hours: float = Field(
        168.0,
        validation_alias=AliasChoices("PRUNELAB_SESSION_HOURS"),
        gt=0,
        description="After how long one has to log in again.",
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
    broker_seconds: float = Field(
        120.0,
        validation_alias=AliasChoices("PRUNELAB_BROKER_SECONDS"),
        gt=0,
        description="How long a worker waits for a Redis that went away before it gives its run "
        "back to the queue.",
    )
    missing_hours: float = Field(
        24.0,
        validation_alias=AliasChoices("PRUNELAB_MISSING_HOURS"),
        ge=0,
        description="How long a run waits for a worker that knows all that it names: experiment, "
        "data set, model, settings. After that it fails.",
    )
    most_waiting: int = Field(
        1000,
        validation_alias=AliasChoices("PRUNELAB_MOST_WAITING"),
        ge=1,
        description="How many runs may wait at a time; another is refused.",
    )
    most_per_minute: int = Field(
        300,
        validation_alias=AliasChoices("PRUNELAB_MOST_PER_MINUTE"),
        ge=1,
        description="How many runs one person may submit within a minute.",
    )
    most_hours: float = Field(
        168.0,
        validation_alias=AliasChoices("PRUNELAB_MOST_HOURS"),
        gt=0,
        description="How long a run may take: one that is estimated to take longer is refused, one "
        "that does is ended.",
    )
    most_gib: float | None = Field(
        None,
        validation_alias=AliasChoices("PRUNELAB_MOST_GIB"),
        gt=0,
        description="How much memory the process of a run may take, in GiB: one that is counted to "
        "need more is refused, one that does is ended. Nine tenths of the machine's unless given.",
    )
    most_result_mib: float = Field(
        512.0,
        validation_alias=AliasChoices("PRUNELAB_MOST_RESULT_MIB"),
        gt=0,
        description="How large the result of a run may be, in MiB, before the run is ended.",
    )
    most_watchers: int = Field(
        2000,
        validation_alias=AliasChoices("PRUNELAB_MOST_WATCHERS"),
        ge=1,
        description="How many pages may follow runs live at a time, and as many dashboards, per "
        "web process.",
    )
    most_connections: int = Field(
        5000,
        validation_alias=AliasChoices("PRUNELAB_MOST_CONNECTIONS"),
        ge=1,
        description="How many connections a web process answers at a time; further ones are told "
        "to come back later.",
    )
    bin_days: float = Field(
        30.0,
        validation_alias=AliasChoices("PRUNELAB_BIN_DAYS"),
        ge=0,
        description="How many days a deleted run can be restored before it is gone for good.",
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
    import_bytes: int = Field(
        2 * 2**30,
        validation_alias=AliasChoices("PRUNELAB_IMPORT_BYTES"),
        ge=1,
        description="How large a .prunelab.zip may be that is imported, packed and unpacked.",
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
    def memory_gib(self) -> float:
        """How much memory the process of a run may take, in GiB."""
        return self.most_gib or 0.9 * psutil.virtual_memory().total / 2**30

    @property
    def needs_login(self) -> bool:
        """Whether there are users; else whoever reaches the server is the one local user."""
        return self.password is not None or self.users is not None

    @property
    def names_hosts(self) -> bool:
        """Whether somebody has said which host names are answered."""
        return "hosts" in self.model_fields_set

    @property
    def allowed_hosts(self) -> list[str]:
        """The host names that are answered.

        Without a login a page elsewhere could reach the API by a name that it makes point at this
        machine: only local names are answered, and the address that is listened on, which is no
        name. With one such a page has no session, because cookies belong to the name that they
        were given under, so any name is as good as another.
        """
        if self.needs_login and not self.names_hosts:
            return ["*"]
        hosts = [host.strip() for host in self.hosts.split(",")]
        if self.served and not self.names_hosts:
            hosts.append(_as_host(self.served))
        return hosts

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


def _as_host(address: str) -> str:
    """An address as browsers write it in front of a port."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    return f"[{found}]" if found.version == 6 else str(found)
