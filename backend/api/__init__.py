"""The REST API and the live stream: thin routes over the services."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fastapi import APIRouter

from backend.api import (
    access,
    applied_masks,
    comments,
    dashboards,
    datasets,
    experiments,
    frames,
    hand_masks,
    health,
    importances,
    models,
    operating_points,
    packages,
    pictures,
    points,
    queue,
    recipes,
    run_list,
    runs,
    stream,
    tokens,
)

Routers = Mapping[str, Sequence[APIRouter]]

# All routes of this floor by what their addresses begin with. Those whose answers need what is
# drawn, such as exports and shares, are in frontend/api/, listed in the same way.
ROUTERS: Routers = {
    "/api": [
        applied_masks.router,
        *comments.ROUTERS,
        dashboards.router,
        datasets.router,
        experiments.router,
        frames.router,
        hand_masks.router,
        importances.router,
        models.router,
        operating_points.router,
        packages.router,
        pictures.router,
        points.router,
        recipes.router,
        run_list.router,
        runs.router,
        queue.router,
        stream.router,
        tokens.router,
    ],
    "": [health.router, access.router],
}
