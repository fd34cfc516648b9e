"""Models from a user's own Python file."""

from __future__ import annotations

import hashlib
import importlib.util
import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType

from pruning.models.base import Model, collect, models
from pruning.models.code import code_digest


class ModelFileError(ValueError):
    """A file of models cannot be used; the message says which and why."""


# By resolved path: a file that is named twice is imported once.
_registered: dict[Path, list[str]] = {}


def register_file(path: Path) -> list[str]:
    """Import a Python file and register the models that it defines with ``@model``.

    Either all of them are registered or none. The file can import those beside it. It runs with
    the rights of this process: it is for the person who owns the process to name one. It should
    import torch inside its functions, as the web process reads it for the names.

    Returns
    -------
    list[str]
        Their names.

    Raises
    ------
    ModelFileError
        If the file is not there or fails, defines no model, or one whose name is taken.
    """
    path = path.resolve()
    if path not in _registered:
        found = _models_in(path)
        names = [entry.name for entry in found]
        if not names:
            raise ModelFileError(f"{path} defines no model: decorate a function with @model")
        taken = [name for name in names if name in models.names() or names.count(name) > 1]
        if taken:
            raise ModelFileError(f"{path} defines {taken[0]!r}, a name that another model has")
        for entry in found:
            models.add(replace(entry, loaded=code_digest(entry.build)))
        _registered[path] = names
    return _registered[path]


def _models_in(path: Path) -> list[Model]:
    name = f"prunelab_models_{hashlib.sha256(bytes(path)).hexdigest()[:12]}"
    spec = importlib.util.spec_from_file_location(name, path)
    if not path.is_file() or spec is None or spec.loader is None:
        raise ModelFileError(f"there is no Python file {path}")
    module: ModuleType = importlib.util.module_from_spec(spec)
    # Dataclasses look their module up.
    sys.modules[name] = module
    # At the end, so that it hides nothing that is installed.
    if (folder := str(path.parent)) not in sys.path:
        sys.path.append(folder)
    try:
        with collect() as found:
            spec.loader.exec_module(module)
    except Exception as error:
        del sys.modules[name]
        raise ModelFileError(f"{path} fails: {type(error).__name__}: {error}") from error
    return found
