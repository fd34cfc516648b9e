"""What the code of a model comes to in a hash, so that a corrected model is trained anew.

It counts the file that builds the model and the files that it imports, and those that they import,
as far as they are the author's own: not Python's library, not what is installed beside PruneLab,
not PruneLab itself but for its models. Of a file it counts what Python makes of it: comments, blank
lines, docstrings, annotations, and where the file lies do not.
"""

from __future__ import annotations

import ast
import hashlib
import inspect
import sysconfig
from collections.abc import Callable, Iterator
from importlib.machinery import PathFinder
from importlib.util import find_spec, resolve_name
from pathlib import Path
from typing import Any

_HOUSE = "pruning"
_MODELS = "pruning.models"
# What registers models says nothing of what they compute.
_REGISTERING = (_MODELS, f"{_MODELS}.base", f"{_MODELS}.files", f"{_MODELS}.code")
_INSTALLED = [Path(sysconfig.get_path(n)) for n in ("stdlib", "platstdlib", "purelib", "platlib")]
# What people read, and the model decorator takes.
_WORDS = ("title", "description", "paper", "papers", "layers")


def code_digest(build: Callable[..., Any]) -> str:
    """The first 16 hex digits of the SHA-256 of the code behind a function.

    The files are read as they are now, not as they were when they were imported.
    """
    function = inspect.unwrap(build)
    path = Path(function.__code__.co_filename)
    if not path.is_file():
        # Typed in, and so without a file: what there is are the instructions.
        return _short([repr(function.__code__.co_code), repr(function.__code__.co_consts)])
    package = function.__module__.rpartition(".")[0]
    found: dict[Path, str] = {}
    _collect(path.resolve(), package, function.__module__.partition(".")[0], found)
    # Without their paths, which say where somebody keeps the files, but not what they compute.
    return _short([found.pop(path.resolve()), *sorted(found.values())])


def _short(texts: list[str]) -> str:
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:16]


def _collect(path: Path, package: str, own: str, found: dict[Path, str]) -> None:
    """Put a file and those that it imports, in their normal forms, into ``found``."""
    if path in found:
        return
    tree = ast.parse(path.read_bytes())
    names = set(_imported(tree, package))
    found[path] = ast.unparse(_Essence().visit(tree))
    for name in sorted(names):
        if (other := _file_of(name, own)) is not None:
            _collect(other[0], other[1], own, found)


def _imported(tree: ast.AST, package: str) -> Iterator[str]:
    """The names of all modules that may be imported, also inside of functions."""
    for node in ast.walk(tree):
        match node:
            case ast.Import(names):
                yield from (alias.name for alias in names)
            case ast.ImportFrom(module, names, level):
                base = resolve_name("." * level + (module or ""), package) if level else module
                yield str(base)
                yield from (f"{base}.{alias.name}" for alias in names)
            case ast.Call(
                ast.Name("__import__") | ast.Attribute(attr="import_module"),
                [ast.Constant(str(name)), *_],
            ):
                yield name


def _file_of(name: str, own: str) -> tuple[Path, str] | None:
    """The file of a module that counts, and the package that its relative imports start from."""
    root = name.partition(".")[0]
    if root == _HOUSE and (not name.startswith(f"{_MODELS}.") or name in _REGISTERING):
        return None
    if root != own and not _is_own(root):
        return None
    spec = _spec(name)
    if spec is None or not spec.origin or not spec.origin.endswith(".py"):
        return None
    return Path(spec.origin).resolve(), spec.parent or ""


def _is_own(root: str) -> bool:
    """Whether a package or module is neither Python's nor installed."""
    if root == _HOUSE:
        return True
    spec = _spec(root)
    if spec is None or spec.origin in (None, "built-in", "frozen"):
        return False
    return not any(Path(str(spec.origin)).is_relative_to(folder) for folder in _INSTALLED)


def _spec(name: str) -> Any:
    """Where a module is, found without importing anything, as torch would be by a model's file.

    None of what is not a module, such as a class that is imported from one, or is not there.
    """
    parent = name.rpartition(".")[0]
    if not parent:
        return _root_spec(name)
    package = _spec(parent)
    if package is None or package.submodule_search_locations is None:
        return None
    return PathFinder.find_spec(name, package.submodule_search_locations)


def _root_spec(name: str) -> Any:
    try:
        return find_spec(name)
    except (ImportError, ValueError, AttributeError):
        return None


class _Essence(ast.NodeTransformer):
    """Leaves what Python carries out: no docstrings, no annotations, no words for people."""

    def visit_Expr(self, node: ast.Expr) -> ast.AST | None:
        """Leave docstrings and other lone constants out."""
        return None if isinstance(node.value, ast.Constant) else self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST | None:
        """Leave the annotation out; dataclasses have fields by it, so the name stays."""
        self.generic_visit(node)
        value = node.value or ast.Constant(value=...)
        return ast.copy_location(ast.Assign(targets=[node.target], value=value), node)

    def visit_arg(self, node: ast.arg) -> ast.arg:
        """Leave the annotation out."""
        return ast.copy_location(ast.arg(arg=node.arg), node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        """Leave what it returns out, and what its registration says to people."""
        node.returns = None
        for decorator in node.decorator_list:
            if isinstance(decorator, ast.Call):
                decorator.keywords = [k for k in decorator.keywords if k.arg not in _WORDS]
        self.generic_visit(node)
        node.body = node.body or [ast.Pass()]
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        """A class may be a docstring alone."""
        self.generic_visit(node)
        node.body = node.body or [ast.Pass()]
        return node
