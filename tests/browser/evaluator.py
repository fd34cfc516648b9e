"""Bindings as the browser evaluates them: what figures and readings are filled with."""

from __future__ import annotations

import dataclasses
from typing import Any

from playwright.sync_api import Page

from frontend.figures.panels import Figure, Reading
from pruning.events import Result

# Gaps, which JSON has no number for, come back as None.
FILL = """async ({ figure, key, at, choices }) => {
  const { filledFigure } = await import("#figures/paper.js");
  const stage = { page: { figures: { it: figure } }, fold: window.folds[key], at, choices };
  const plain = (_, value) => (ArrayBuffer.isView(value) ? Array.from(value) : value);
  return JSON.parse(JSON.stringify(filledFigure(stage, "it"), plain));
}"""
READ = """async ({ reading, key, at, choices }) => {
  const { read } = await import("#figures/draw.js");
  return read(reading, { fold: window.folds[key], at, choices });
}"""
KNOWN = "key => key in (window.folds ||= {})"
KEEP = """async ({ key, text }) => {
  const { Fold } = await import("#results/fold.js");
  window.folds[key] = new Fold(JSON.parse(text));
}"""
EVALUATE = """async ({ source, arrays }) => {
  const { evaluate } = await import("#results/sources.js");
  const found = evaluate(source, (name) => arrays[name] || null);
  return found && Array.from(found.values);
}"""


class Evaluator:
    """A self-contained page on which figures are filled as exports fill them."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def fill(
        self, figure: Figure, result: Result, at: float, choices: dict[str, str] | None = None
    ) -> Figure:
        """The figure with the result in it, the slider at a place; lists for typed arrays."""
        here = {"key": self._keep(result), "at": at, "choices": choices or {}}
        filled: Figure = self.page.evaluate(FILL, {"figure": figure, **here})
        return filled

    def read(
        self, reading: Reading, result: Result, at: float, choices: dict[str, str] | None = None
    ) -> str:
        """What a reading says."""
        here = {"key": self._keep(result), "at": at, "choices": choices or {}}
        said: str = self.page.evaluate(READ, {"reading": dataclasses.asdict(reading), **here})
        return said

    def evaluate(self, source: Any, arrays: dict[str, Any]) -> list[Any] | None:
        """What a source is of arrays, each ``{"values", "shape"}``."""
        found: list[Any] | None = self.page.evaluate(EVALUATE, {"source": source, "arrays": arrays})
        return found

    def _keep(self, result: Result) -> str:
        """What the page calls a result, which it is given once."""
        text = result.model_dump_json()
        key = str(hash(text))
        if not self.page.evaluate(KNOWN, key):
            self.page.evaluate(KEEP, {"key": key, "text": text})
        return key
