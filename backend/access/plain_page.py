"""Pages that need neither an account nor scripts: the login, a share's password, nothing here."""

from __future__ import annotations

from html import escape

_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'"
)


# As `frontend/components/theme_toggle.py` makes it.
_THEME_TOGGLE = """<button type="button" class="theme-toggle" data-theme-toggle>
      <span class="to-dark" title="Switch to dark"><span class="icon icon-moon"></span>
        <span class="unseen">Switch to dark</span></span>
      <span class="to-light" title="Switch to light"><span class="icon icon-sun"></span>
        <span class="unseen">Switch to light</span></span>
    </button>"""


def plain_page(title: str, body: str) -> str:
    """A page in PruneLab's colours; ``body`` is HTML, ``title`` is text.

    Its one script only shows and changes the theme.
    """
    return f"""<!DOCTYPE html>
<html lang="en" class="standalone">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="robots" content="noindex">
    <title>{escape(title)}</title>
    <link rel="icon" href="/assets/logo.svg" type="image/svg+xml">
    <link rel="stylesheet" href="/assets/standalone.css">
    <link rel="stylesheet" href="/assets/base.css">
    <link rel="stylesheet" href="/assets/icons.css">
    <link rel="stylesheet" href="/assets/login.css">
    <script src="/assets/theme.js"></script>
  </head>
  <body class="plain-page">
    {_THEME_TOGGLE}
    <main class="card">
      <p class="home"><img src="/assets/logo.svg" alt="" width="28" height="28">PruneLab</p>
      {body}
    </main>
  </body>
</html>
"""


def plain_headers(frame_ancestors: str = "'none'") -> dict[str, str]:
    """The headers of such a page."""
    return {
        "Content-Security-Policy": f"{_POLICY}{framed_by(frame_ancestors)}",
        "Cache-Control": "no-store",
        "X-Robots-Tag": "noindex",
    }


def framed_by(frame_ancestors: str) -> str:
    """How a policy goes on to say whose pages may frame it.

    For ``*`` it says nothing: that would stand for addresses of the network only, and leave out
    pages that are opened from a file.
    """
    return "" if "*" in frame_ancestors.split() else f"; frame-ancestors {frame_ancestors}"


def password_field(label: str = "Password", hint: str = "current-password") -> str:
    """A password with its label; ``hint`` tells the browser which one it is."""
    return (
        f'<label>{escape(label)}<input type="password" name="password" required '
        f'autocomplete="{hint}" maxlength="1024" autofocus></label>'
    )


def said(message: str) -> str:
    """What is wrong, above a form."""
    return f'<p class="plain-error" role="alert">{escape(message)}</p>' if message else ""


def too_soon(seconds: float) -> str:
    """What to say to the impatient."""
    return f"Too many wrong passwords. Try again in {max(1, round(seconds))} s."
