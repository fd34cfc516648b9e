"""Pages that need neither an account nor scripts: the login, a share's password, nothing here."""

from __future__ import annotations

from html import escape

_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'"
)


def plain_page(title: str, body: str) -> str:
    """A page in PruneLab's colours; ``body`` is HTML, ``title`` is text.

    Its one script only follows the theme that was chosen.
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
    <link rel="stylesheet" href="/assets/login.css">
    <script src="/assets/theme.js"></script>
  </head>
  <body class="plain-page">
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
        "Content-Security-Policy": f"{_POLICY}; frame-ancestors {frame_ancestors}",
        "Cache-Control": "no-store",
        "X-Robots-Tag": "noindex",
    }


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
