"""Dashboards over REST."""

from typing import Annotated, cast

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import HTTPConnection

from backend.api.dependencies import Whole
from backend.dashboards import Content, Dashboard, Dashboards
from backend.problems import problem_answers

router = APIRouter(
    prefix="/dashboards", tags=["dashboards"], responses=problem_answers(404, 409, 422)
)


def _dashboards(connection: HTTPConnection) -> Dashboards:
    return cast("Dashboards", connection.app.state.services.dashboards)


DashboardsOf = Annotated[Dashboards, Depends(_dashboards)]


class SaveRequest(BaseModel):
    """A change."""

    model_config = ConfigDict(extra="forbid")

    content: Content
    revision: Whole = Field(description="The revision that was changed.")


class StepRequest(BaseModel):
    """What whoever undoes or redoes has before them."""

    model_config = ConfigDict(extra="forbid")

    revision: Whole | None = Field(
        None, description="The revision that they see; a 409 if it is not the newest one."
    )


@router.get("")
def list_dashboards(dashboards: DashboardsOf) -> list[Dashboard]:
    """All dashboards, the one that was changed last first."""
    return dashboards.everything()


@router.post("", status_code=201)
def create_dashboard(content: Content, dashboards: DashboardsOf, response: Response) -> Dashboard:
    """A new dashboard."""
    made = dashboards.create(content)
    response.headers["Location"] = f"/api/dashboards/{made.id}"
    return made


@router.get("/{dashboard_id}")
def get_dashboard(dashboard_id: str, dashboards: DashboardsOf) -> Dashboard:
    """One dashboard."""
    return dashboards.get(dashboard_id)


@router.put("/{dashboard_id}")
def save_dashboard(dashboard_id: str, request: SaveRequest, dashboards: DashboardsOf) -> Dashboard:
    """Store a change; a 409 if the dashboard was changed elsewhere in the meantime."""
    return dashboards.save(dashboard_id, request.content, request.revision)


@router.post("/{dashboard_id}/undo")
def undo(
    dashboard_id: str, dashboards: DashboardsOf, request: StepRequest | None = None
) -> Dashboard:
    """Take the last change back."""
    return dashboards.step(dashboard_id, -1, request.revision if request else None)


@router.post("/{dashboard_id}/redo")
def redo(
    dashboard_id: str, dashboards: DashboardsOf, request: StepRequest | None = None
) -> Dashboard:
    """Make the change again that was taken back last."""
    return dashboards.step(dashboard_id, 1, request.revision if request else None)


@router.delete("/{dashboard_id}", status_code=204)
def delete_dashboard(dashboard_id: str, dashboards: DashboardsOf) -> None:
    """Remove a dashboard; the shares of it stay as they are."""
    dashboards.delete(dashboard_id)
