"""The documentation of the API in PruneLab's colours, below the links to all pages."""

from __future__ import annotations

from html import escape

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from backend.services import Services
from frontend.components.theme_toggle import theme_toggle
from frontend.documents.document import page
from frontend.documents.markup import to_html
from frontend.modules import hash_of
from frontend.routes import linked_pages

router = APIRouter(include_in_schema=False)

# What the page needs comes with `fastapi_offline`, from this server.
_STATIC = "/static-offline-docs"
_STYLES = ("standalone", "base", "icons")
_START = """const root = document.documentElement;
const follow = () => root.classList.toggle("dark-mode", root.dataset.mantineColorScheme === "dark");
new MutationObserver(follow).observe(root, { attributeFilter: ["data-mantine-color-scheme"] });
follow();
SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
});"""

_HEADERS = {
    "Content-Security-Policy": f"default-src 'none'; script-src 'self' {hash_of(_START)}; "
    "style-src 'self' 'unsafe-inline'; connect-src 'self'; img-src 'self' data:; "
    "font-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
}


@router.get("/docs")
async def docs(request: Request) -> HTMLResponse:
    """Every route, to be read and tried out."""
    services: Services = request.app.state.services
    body = [
        _header(needs_login=services.access.is_on),
        '<main id="content" class="api" tabindex="-1">'
        '<div class="page-head"><h1>API</h1></div>'
        '<p class="quiet lead">Everything that the pages do, programs can do, too. '
        'As a file: <a href="/openapi.json">openapi.json</a>.</p>'
        '<div id="swagger-ui"></div></main>',
        f'<script src="{_STATIC}/swagger-ui-bundle.js"></script>',
        f"<script>{_START}</script>",
    ]
    return HTMLResponse(page("API · PruneLab", _head(), body), headers=_HEADERS)


def _head() -> str:
    styles = [f"{_STATIC}/swagger-ui.css", *(f"/assets/{name}.css" for name in (*_STYLES, "docs"))]
    links = [f'<link rel="stylesheet" href="{address}">' for address in styles]
    picture = '<link rel="icon" href="/assets/logo.svg" type="image/svg+xml">'
    return "\n".join([*links, picture, '<script src="/assets/theme.js"></script>'])


def _header(*, needs_login: bool) -> str:
    links = "".join(
        f'<a href="/{each.address}">{escape(each.title)}</a>' for each in linked_pages(needs_login)
    )
    return (
        '<a class="skip" href="#content">Skip to the content</a><header class="top">'
        '<a class="home" href="/"><span class="logo" aria-hidden="true"></span>'
        '<span>PruneLab</span></a><nav class="sideways" aria-label="Pages">'
        f'{links}<a href="/docs" aria-current="page">API</a></nav>'
        f"{to_html(theme_toggle())}</header>"
    )
