"""Dashboards as the page takes them: every panel as HTML, and what fills it."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from backend.api.dependencies import ServicesOf
from backend.dashboards import By, Dashboard
from backend.problems import problem_answers
from backend.services import Services
from frontend.documents.markup import to_html
from frontend.documents.snapshots import panel_body
from frontend.sheets.board import board_sheet, part_options, stage_of
from frontend.sheets.staging import sheet_page, to_json

router = APIRouter(tags=["dashboards"], responses=problem_answers(404, 422, 503))


def board_page(services: Services, dashboard: Dashboard) -> str:
    """A dashboard with its panels as HTML, as JSON; frames come later."""
    sheet = board_sheet(services, dashboard, whole=False)
    panels = {}
    for panel, item in zip(dashboard.content.panels, sheet.items, strict=True):
        stage = sheet.stages[item.stage] if item.stage else None
        panels[panel.id] = {"title": item.title, "html": to_html(panel_body(item, stage))}
    return to_json(
        {
            "dashboard": dashboard.model_dump(mode="json"),
            "panels": panels,
            "sheet": sheet_page(sheet, light=True),
        }
    )


@router.get("/dashboards/{dashboard_id}/page")
def get_page(dashboard_id: str, services: ServicesOf) -> Response:
    """What the page of a dashboard draws."""
    page = board_page(services, services.dashboards.get(dashboard_id))
    return Response(page, media_type="application/json")


@router.get("/parts")
def list_parts(
    services: ServicesOf,
    runs: Annotated[str, Query(description="The ids of runs, with commas between.")],
    by: By = "variant",
) -> list[dict[str, Any]]:
    """What of a run, or of a comparison of several, can be put on a dashboard."""
    ids = [run_id.strip() for run_id in runs.split(",")]
    view = stage_of(services, ids, by, whole=False).view
    return [vars(option) for option in part_options(view)]
