"""Masks made by hand, over REST."""

from typing import Annotated, cast

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict
from starlette.requests import HTTPConnection

from backend.api.access import VisitorOf
from backend.hand_mask_model import HandMade, HandMask, Name, Note
from backend.hand_masks import HandMasks
from backend.problems import problem_answers

router = APIRouter(
    prefix="/runs/{run_id}/masks", tags=["runs"], responses=problem_answers(404, 409, 422)
)


def _hand_masks(connection: HTTPConnection) -> HandMasks:
    return cast("HandMasks", connection.app.state.services.hand_masks)


HandMasksOf = Annotated[HandMasks, Depends(_hand_masks)]


class MaskChange(BaseModel):
    """What to change of a mask; what is left out stays."""

    model_config = ConfigDict(extra="forbid")

    name: Name | None = None
    note: Note | None = None


@router.get("")
def list_masks(run_id: str, masks: HandMasksOf) -> list[HandMask]:
    """The masks that people have made by hand and kept with a run, the oldest first."""
    return masks.of(run_id)


@router.post("", status_code=201)
def keep_mask(run_id: str, made: HandMade, masks: HandMasksOf, visitor: VisitorOf) -> HandMask:
    """Keep a mask with a run; what the run has computed stays as it is."""
    if visitor is not None and visitor.by != "machine":
        made = made.model_copy(update={"author": visitor.name})
    return masks.keep(run_id, made)


@router.patch("/{mask_id}")
def change_mask(run_id: str, mask_id: str, change: MaskChange, masks: HandMasksOf) -> HandMask:
    """Rename a mask, or write another note on it."""
    return masks.change(run_id, mask_id, name=change.name, note=change.note)


@router.delete("/{mask_id}", status_code=204)
def delete_mask(run_id: str, mask_id: str, masks: HandMasksOf) -> None:
    """Remove a mask; shares that were made before keep it."""
    masks.delete(run_id, mask_id)
