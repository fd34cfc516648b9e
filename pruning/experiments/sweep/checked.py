"""Whether a sweep can be done, asked before anything is trained, and on how many threads it is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

from pruning.context import CannotRunError
from pruning.events import Event
from pruning.experiments.sweep.refusals import check
from pruning.experiments.sweep.setup import Setup
from pruning.threads import one_thread
from pruning.training.precision import imitated


def checked(setup: Setup, events: Iterator[Event]) -> Iterator[Event]:
    """The ``events`` of a run with this setup, unless it cannot be done.

    Raises
    ------
    CannotRunError
        If no network can be pruned as asked; the message says what to change.
    """
    with _refusals():
        small = setup.is_small
    with one_thread() if small else nullcontext():
        with _refusals():
            check(setup)
        yield from imitated(setup.config.precision, setup.context.device)
        yield from events


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except ValueError as error:
        raise CannotRunError(str(error)) from error
