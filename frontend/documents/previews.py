"""What the head of a page says to those who only preview it."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape


def preview(title: str, summary: str, picture: str = "") -> dict[str, str]:
    """What a page says of itself: its title, its words, and the address of its picture if any."""
    said = {
        "description": summary,
        "og:type": "website",
        "og:site_name": "PruneLab",
        "og:title": title,
        "og:description": summary,
        "twitter:card": "summary_large_image" if picture else "summary",
    }
    return said | ({"og:image": picture} if picture else {})


def meta(said: Mapping[str, str]) -> str:
    """The same as HTML."""
    return "\n".join(_meta(name, content) for name, content in said.items())


def _meta(name: str, content: str) -> str:
    attribute = "property" if name.startswith("og:") else "name"
    return f'<meta {attribute}="{name}" content="{escape(content)}">'
