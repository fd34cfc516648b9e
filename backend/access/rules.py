"""What a request may do before anybody knows whose it is. Whatever is not named here is private."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from starlette.datastructures import Headers

_READ = frozenset({"GET", "HEAD"})
_FORM = frozenset({"GET", "HEAD", "POST"})

# The names of files are spelt out: an address below these that nothing serves shows a page of the
# application.
_PUBLIC = (
    (_READ, re.compile(r"/(healthz|readyz)")),
    (_READ, re.compile(r"/assets/.+")),
    # The one script of a package that shares show; its stamp is Dash's, with the package's version.
    (
        _READ,
        re.compile(
            r"/_dash-component-suites/plotly/package_data/plotly\.v[\w-]+m[0-9a-f]+\.min\.js"
        ),
    ),
    (_FORM, re.compile(r"/login")),
    (_READ, re.compile(r"/shares/[^/]+(/data\.json|/picture\.png)?")),
    (_FORM, re.compile(r"/shares/[^/]+/comments")),
    (frozenset({"POST"}), re.compile(r"/shares/[^/]+/unlock")),
    (_FORM, re.compile(r"/embed/[^/]+")),
)
_CLIMBING = re.compile(r"//|\\|/\.\.?(/|$)|[\x00-\x1f]")
# Their forms are held by the share's password and by nothing that a browser adds by itself; in a
# sandboxed frame they have no origin.
_UNLOCKING = re.compile(r"/shares/[^/]+/unlock|/embed/[^/]+")
_SHARED = re.compile(r"/(shares|embed)/.+")
_EMBED = re.compile(r"/embed/[^/]+")


def is_public(method: str, path: str) -> bool:
    """Whether anybody may ask this."""
    if _CLIMBING.search(path):
        return False
    return any(method in methods and rule.fullmatch(path) for methods, rule in _PUBLIC)


def is_foreign(method: str, path: str, headers: Headers) -> bool:
    """Whether a page elsewhere made the browser ask for a change, with the reader's cookies.

    Or, of the API, for anything but what the reader has clicked: reading its answers browsers
    refuse to such a page, but what is drawn for it costs all the same.
    """
    site = headers.get("sec-fetch-site")
    if method in _READ and path.startswith("/api/"):
        return site not in (None, "same-origin", "none") and not _is_clicked(headers)
    if method in ("GET", "HEAD", "OPTIONS") or _UNLOCKING.fullmatch(path):
        return False
    if site is not None:
        return site not in ("same-origin", "none")
    return not is_same_origin(headers)


def _is_clicked(headers: Headers) -> bool:
    """Whether a reader has followed a link, so that the answer is the page that is shown."""
    asked = {"sec-fetch-mode": "navigate", "sec-fetch-dest": "document", "sec-fetch-user": "?1"}
    return all(headers.get(name) == value for name, value in asked.items())


def is_same_origin(headers: Headers) -> bool:
    """Whether the page that asks is ours; programs send no origin."""
    origin = headers.get("origin")
    if origin is None:
        return True
    try:
        return urlsplit(origin).netloc.lower() == headers.get("host", "").lower() != ""
    except ValueError:
        return False


def is_page(method: str, path: str) -> bool:
    """Whether it is an address that people see, so that the login page can stand in for it."""
    return method in ("GET", "HEAD") and not re.match(r"/(api(/|$)|_|openapi\.json)", path)


def takes_tokens(path: str) -> bool:
    """Whether bearer tokens count here: they are for the API, not for pages."""
    return path.startswith("/api/")


def is_shared(path: str) -> bool:
    """Whether it belongs to a share, whose address nobody else is to hear of."""
    return _SHARED.fullmatch(path) is not None


def may_be_framed(path: str) -> bool:
    """Whether a policy of the answer's own says who may frame it: anybody where it names nobody."""
    return _EMBED.fullmatch(path) is not None


def local_path(asked: str) -> str:
    """Where to go after logging in: a path of this server, or its front page.

    Browsers take backslashes for slashes and leave out control characters, and two slashes begin
    the name of a host.
    """
    is_local = re.fullmatch(r"/(?!/)[\x21-\x5b\x5d-\x7e]*", asked)
    return asked if is_local else "/"
