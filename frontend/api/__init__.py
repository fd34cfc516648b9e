"""Routes whose answers need views: pictures, documents, shares. The floor below has the others."""

from __future__ import annotations

from fastapi import APIRouter

from frontend.api import dashboards, exports, shares

# Under /api, like those of backend/api/.
ROUTERS: list[APIRouter] = [dashboards.router, exports.router, shares.router]
