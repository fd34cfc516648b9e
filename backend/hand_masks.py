"""Masks that people make by hand in the network of a run, and keep with it.

They are notes on a run: what it has computed stays as it is.
"""

from __future__ import annotations

import secrets

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from backend.hand_mask_model import (
    MOST_MASKS,
    HandMade,
    HandMask,
    misfits,
    network_of,
)
from backend.problems import FieldError, Problem, not_found
from backend.run_model import Run
from backend.runs import Runs
from backend.store.locked import locked
from backend.store.models import HandMaskRow, RunRow
from backend.store.repository import now
from pruning.experiments.base import experiments


class HandMasks:
    """The hand-made masks of this installation."""

    def __init__(self, engine: Engine, runs: Runs) -> None:
        self._engine = engine
        self._runs = runs

    def of(self, run_id: str) -> list[HandMask]:
        """The masks that are kept with a run, the oldest first; a 404 if there is no such run."""
        self._runs.get(run_id)
        kept = select(HandMaskRow).where(HandMaskRow.run_id == run_id)
        ordered = kept.order_by(HandMaskRow.created_at, HandMaskRow.id)
        with self._session() as session:
            return [HandMask.model_validate(row) for row in session.scalars(ordered)]

    def keep(self, run_id: str, made: HandMade) -> HandMask:
        """Keep a mask with a run.

        Raises
        ------
        Problem
            404 for a run that does not exist, 409 for one that has no room for more, 422 for a
            mask that does not fit its network, or whose name another one has.
        """
        _check(made, self._runs.get(run_id))
        row = HandMaskRow(
            run_id=run_id, id=secrets.token_hex(6), created_at=now(), **made.model_dump()
        )
        with self._session() as session, session.begin():
            _hold(session, run_id)
            _check_room(session, run_id)
            _check_name(session, run_id, made.name)
            session.add(row)
        return HandMask.model_validate(row)

    def change(
        self, run_id: str, mask_id: str, *, name: str | None = None, note: str | None = None
    ) -> HandMask:
        """Rename a mask, or write another note on it; what is None stays."""
        with self._session() as session, session.begin():
            _hold(session, run_id)
            row = _found(session, run_id, mask_id)
            if name is not None and name != row.name:
                _check_name(session, run_id, name)
                row.name = name
            if note is not None:
                row.note = note
        return HandMask.model_validate(row)

    def delete(self, run_id: str, mask_id: str) -> None:
        """Remove a mask; shares that were made before keep it."""
        with self._session() as session, session.begin():
            _hold(session, run_id)
            session.delete(_found(session, run_id, mask_id))

    def _session(self) -> Session:
        return Session(self._engine, expire_on_commit=False)


def _hold(session: Session, run_id: str) -> None:
    """Let nobody else change the masks of a run before this transaction ends."""
    row = locked(session, RunRow, run_id)
    if row is None or row.parent_id is not None:
        raise not_found(f"run {run_id!r}")


def _found(session: Session, run_id: str, mask_id: str) -> HandMaskRow:
    row = session.get(HandMaskRow, (run_id, mask_id))
    if row is None:
        raise not_found(f"mask {mask_id!r} of run {run_id!r}")
    return row


def _check_room(session: Session, run_id: str) -> None:
    counted = select(func.count()).where(HandMaskRow.run_id == run_id)
    if (session.scalar(counted) or 0) >= MOST_MASKS:
        detail = f"A run keeps {MOST_MASKS} masks at most. Delete one of them, then keep this one."
        raise Problem(409, "There is no room for another mask", detail)


def _check_name(session: Session, run_id: str, name: str) -> None:
    same = select(HandMaskRow.id).where(HandMaskRow.run_id == run_id, HandMaskRow.name == name)
    if session.scalar(same) is not None:
        raise _refused(
            [
                FieldError(
                    field="name", message=f"another mask of this run is called {name}; take another"
                )
            ]
        )


def _check(made: HandMade, run: Run) -> None:
    network = network_of(run.experiment, run.config)
    if network is None:
        raise _without_network(run)
    if errors := misfits(made, network):
        raise _refused(errors)


def _refused(errors: list[FieldError]) -> Problem:
    said = (f"{error.field.partition('.')[0]}: {error.message}" for error in errors)
    return Problem(422, "The mask cannot be kept", "; ".join(said), errors)


def _without_network(run: Run) -> Problem:
    takers = [study.name for study in experiments if study.network]
    if run.experiment in takers:
        detail = "Its data is not installed here. Install it, then keep the mask."
    else:
        detail = f"Run {run.id} is of {run.experiment}; name a run of {' or '.join(takers)}."
    return Problem(422, "This run keeps no masks made by hand", detail)
