"""What axe-core finds on a page that is open."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

SERIOUS = ("serious", "critical")
# What turns for ever has no end to wait for.
STILL = """() => Promise.all(document.getAnimations()
  .filter((each) => Number.isFinite(each.effect.getComputedTiming().endTime))
  .map(({ finished }) => finished.catch(() => null)))"""


# It would ask for style sheets that the page has, which a page from the disk is refused.
OPTIONS = {"preload": False, "resultTypes": ["violations"]}
# What a theme changes; everything else is found in either.
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}


def faults(page: Page, within: str | None = None, **options: object) -> list[str]:
    """What axe-core takes for serious: the rule, where, and what is to be done."""
    found = Axe().run(page, context=within, options=OPTIONS | options).response["violations"]
    return [
        f"{rule['id']} at {' '.join(map(str, node['target']))}: {node['failureSummary']}"
        for rule in found
        if rule["impact"] in SERIOUS
        for node in rule["nodes"]
    ]


def nobody_is_kept_out(page: Page, within: str | None = None) -> None:
    """Fail with what is wrong in light or in dark, on the page or a part of it."""
    wrong: list[str] = []
    page.emulate_media(reduced_motion="reduce")
    for theme, options in (("light", {}), ("dark", COLOURS)):
        page.evaluate(f"document.documentElement.dataset.mantineColorScheme = '{theme}'")
        page.evaluate(STILL)
        wrong += faults(page, within, **options)
    assert not wrong, "\n".join(wrong)
