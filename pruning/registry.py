"""Names for the things that a form offers: datasets, criteria, experiments.

A registry fills itself: the first look-up imports every module of its package, whose decorators
register what they define, and then the entry points of its group, so that an installed plug-in
appears in every form. Those modules must stay importable without torch, because the web process
reads them for their names.

A server loads all registries before it serves anything (:func:`load_registries`): then no request
waits for imports, and what is wrong with a plug-in is known at the start.
"""

from __future__ import annotations

import importlib
import pkgutil
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import entry_points
from typing import Any, Generic, Protocol, TypeVar
from weakref import WeakSet

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

# One for all registries: what one of them imports may look into another.
_loading = threading.RLock()
_registries: WeakSet[Registry[Any]] = WeakSet()


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
        self._modules: dict[str, str] = {}
        self._sources: list[Callable[[], Iterable[Entry]]] = []
        self._removed: list[Callable[[], Iterable[Entry]]] = []
        self._is_loaded = self._is_loading = False
        _registries.add(self)

    def add(self, entry: Entry, module: str = "") -> None:
        """Register ``entry``; two entries of one name are an error.

        Whoever imports a module of the package before the first look-up changes no order: the
        ``module`` that defines an entry gives it its place.
        """
        if entry.name in self._entries:
            raise ValueError(f"there are two {self.kind} entries named {entry.name!r}")
        self._entries[entry.name] = entry
        self._modules[entry.name] = module

    def add_source(self, source: Callable[[], Iterable[Entry]]) -> None:
        """Ask ``source`` at every look-up for entries that come and go.

        They stand behind the registered ones; one that has the name of a registered one is
        left out.
        """
        self._sources.append(source)

    def add_removed(self, source: Callable[[], Iterable[Entry]]) -> None:
        """Ask ``source`` for entries that are gone, or not there yet, but named.

        Stored runs still name those that are gone, recipes those that people have to bring. They
        are found by name unless there is one of that name, but are not among what there is to
        choose from.
        """
        self._removed.append(source)

    def __getitem__(self, name: str) -> Entry:
        entries = self._all()
        try:
            return entries[name] if name in entries else self._past()[name]
        except KeyError:
            raise UnknownNameError(
                f"unknown {self.kind} {name!r}; choose one of {', '.join(entries)}"
            ) from None

    def is_removed(self, name: str) -> bool:
        """Whether an entry of this name is gone, but not forgotten, or not there yet."""
        return name in self._past() and name not in self._all()

    def removed(self) -> list[Entry]:
        """Those that are gone, or not there yet."""
        return [entry for entry in self._past().values() if self.is_removed(entry.name)]

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._all().values())

    def names(self) -> list[str]:
        """All names, in the order of registration."""
        return [entry.name for entry in self]

    @property
    def is_loaded(self) -> bool:
        """Whether everything that is installed has been registered."""
        return self._is_loaded

    def load(self) -> None:
        """Register everything that is installed, once; who asks meanwhile waits."""
        if self._is_loaded:
            return
        with _loading:
            # A module that is being imported may look up what has been registered by then.
            if self._is_loaded or self._is_loading:
                return
            self._is_loading = True
            try:
                self._import()
                self._is_loaded = True
            finally:
                self._is_loading = False

    def _all(self) -> dict[str, Entry]:
        self.load()
        found = {entry.name: entry for source in self._sources for entry in source()}
        return self._entries | {n: e for n, e in found.items() if n not in self._entries}

    def _sort(self, modules: list[str]) -> None:
        place = {module: i for i, module in enumerate(modules)}
        last = len(modules)
        names = sorted(self._entries, key=lambda name: place.get(self._modules[name], last))
        self._entries = {name: self._entries[name] for name in names}

    def _past(self) -> dict[str, Entry]:
        return {entry.name: entry for source in self._removed for entry in source()}

    def _import(self) -> None:
        package = importlib.import_module(self._package)
        found = [
            module.name
            for module in pkgutil.iter_modules(package.__path__)
            if not module.name.startswith("_")
        ]
        # What a package names in ORDER comes first.
        order = list(dict.fromkeys([*getattr(package, "ORDER", ()), *found]))
        for name in order:
            importlib.import_module(f"{self._package}.{name}")
        self._sort([f"{self._package}.{name}" for name in order])
        for point in entry_points(group=f"prunelab.{self._package.rpartition('.')[2]}"):
            point.load()


def load_registries() -> None:
    """Load every registry of this process, also those that the others bring with them."""
    while waiting := [registry for registry in list(_registries) if not registry.is_loaded]:
        for registry in waiting:
            registry.load()


def _every(_: Named) -> bool:
    return True


@dataclass(frozen=True)
class Choice:
    """Annotates a ``str`` field whose value is a name of ``registry``.

    The JSON schema lists the names (``enum``) and what they mean (``x-choices``), so forms, the
    API and the command line offer the same things; an unknown name is refused with the list.

    Attributes
    ----------
    keep
        Which entries are offered.
    extra
        Attributes of the entries that the schema gives beside the name and the words.
    hidden
        Whether other entries are understood, too, though not offered: stored configurations
        name them.
    """

    registry: Registry[Any]
    keep: Callable[[Any], bool] = _every
    extra: tuple[str, ...] = ()
    hidden: bool = False

    def __get_pydantic_core_schema__(
        self, source: type[Any], handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self._check, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        shown = ("name", "title", "description", *self.extra)
        choices: list[Any] = [
            {name: getattr(entry, name) for name in shown}
            for entry in self.registry
            if self.keep(entry)
        ]
        found = {"type": "string", "enum": self._names(), "x-choices": choices}
        hidden = [entry for entry in self.registry if self.hidden and not self.keep(entry)]
        if rest := [*hidden, *self.registry.removed()]:
            found["x-not-offered"] = [
                {name: getattr(entry, name) for name in ("name", "title", "description")}
                for entry in rest
            ]
        return found

    def _names(self) -> list[str]:
        return [entry.name for entry in self.registry if self.keep(entry)]

    def _check(self, name: str) -> str:
        names = self._names()
        known = self.registry.names() if self.hidden else names
        if name not in known and not self.registry.is_removed(name):
            raise PydanticCustomError(
                "unknown_name",
                "unknown {kind} '{name}'; choose one of {allowed}",
                {"kind": self.registry.kind, "name": name, "allowed": ", ".join(names)},
            )
        return name
