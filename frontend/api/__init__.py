"""Routes whose answers need views: exports, shares, dashboards. backend/api/ has the others."""

from __future__ import annotations

from backend.api import Routers
from frontend.api import dashboards, exports, glossary, shared, shared_comments, shares

ROUTERS: Routers = {
    "/api": [dashboards.router, exports.router, glossary.router, shares.router],
    "": [shared.router, shared_comments.router],
}
