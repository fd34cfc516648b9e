"""Names for the things that a form offers: datasets, criteria, experiments.

A registry fills itself: the first look-up imports every module of its package, whose decorators
register what they define, and then the entry points of its group, so that an installed plug-in
appears in every form. Those modules must stay importable without torch, because the web process
reads them for their names.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import entry_points
from typing import Any, Generic, Protocol, TypeVar

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema


class Named(Protocol):
    """What a registry holds: a name for the code and words for people."""

    @property
    def name(self) -> str:
        """What code, addresses and files call it."""
        ...

    @property
    def title(self) -> str:
        """What people call it."""
        ...

    @property
    def description(self) -> str:
        """One sentence on what it does."""
        ...


Entry = TypeVar("Entry", bound=Named)


class UnknownNameError(LookupError):
    """A name that no registered thing has; the message lists those that there are."""


class Registry(Generic[Entry]):
    """Things of one kind by name, in the order in which they were registered.

    Parameters
    ----------
    kind
        What one entry is called in messages, such as ``"criterion"``.
    package
        The package whose modules register entries; plug-ins use the entry point group
        ``prunelab.<last part of the package>``.
    """

    def __init__(self, kind: str, package: str) -> None:
        self.kind = kind
        self._package = package
        self._entries: dict[str, Entry] = {}
        self._loaded = False

    def add(self, entry: Entry) -> None:
        """Register ``entry``; two entries of one name are an error."""
        if entry.name in self._entries:
            raise ValueError(f"there are two {self.kind} entries named {entry.name!r}")
        self._entries[entry.name] = entry

    def __getitem__(self, name: str) -> Entry:
        self._load()
        try:
            return self._entries[name]
        except KeyError:
            raise UnknownNameError(
                f"unknown {self.kind} {name!r}; choose one of {', '.join(self._entries)}"
            ) from None

    def __iter__(self) -> Iterator[Entry]:
        self._load()
        return iter(self._entries.values())

    def names(self) -> list[str]:
        """All names, in the order of registration."""
        return [entry.name for entry in self]

    def _load(self) -> None:
        if self._loaded:
            return
        self._loaded = True
        package = importlib.import_module(self._package)
        for module in pkgutil.iter_modules(package.__path__, f"{self._package}."):
            importlib.import_module(module.name)
        for point in entry_points(group=f"prunelab.{self._package.rpartition('.')[2]}"):
            point.load()


@dataclass(frozen=True)
class Choice:
    """Annotates a ``str`` field whose value is a name of ``registry``.

    The JSON schema lists the names (``enum``) and what they mean (``x-choices``), so forms, the
    API and the command line offer the same things; an unknown name is refused with the list.
    """

    registry: Registry[Any]

    def __get_pydantic_core_schema__(
        self, source: type[Any], handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self._check, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        choices = [
            {"name": entry.name, "title": entry.title, "description": entry.description}
            for entry in self.registry
        ]
        return {"type": "string", "enum": self.registry.names(), "x-choices": choices}

    def _check(self, name: str) -> str:
        names = self.registry.names()
        if name not in names:
            raise PydanticCustomError(
                "unknown_name",
                "unknown {kind} '{name}'; choose one of {allowed}",
                {"kind": self.registry.kind, "name": name, "allowed": ", ".join(names)},
            )
        return name
