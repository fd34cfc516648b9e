"""Kaleido with a page that stays: a module of its own, since kaleido is slow to import."""

from __future__ import annotations

from typing import Any

from kaleido import Kaleido


class Drawing(Kaleido):  # type: ignore[misc]
    """Draws all figures on one page.

    Kaleido loads its page, and with it all of Plotly, anew after each figure, which takes five
    times as long as to draw one. Every figure gets a node of its own there all the same. Should
    kaleido call this otherwise one day, figures are drawn as before, only slower.
    """

    async def _return_kaleido_tab(self, tab: Any) -> None:
        await self.tabs_ready.put(tab)
