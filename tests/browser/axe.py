"""What axe-core finds on a page that is open."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

SERIOUS = ("serious", "critical")
# What turns for ever has no end to wait for.
STILL = """() => Promise.all(document.getAnimations()
  .filter((each) => Number.isFinite(each.effect.getComputedTiming().endTime))
  .map(({ finished }) => finished.catch(() => null)))"""


def faults(page: Page) -> list[str]:
    """What axe-core takes for serious: the rule, where, and what is to be done."""
    # It would ask for style sheets that the page has, which a page from the disk is refused.
    found = Axe().run(page, options={"preload": False}).response["violations"]
    return [
        f"{rule['id']} at {' '.join(map(str, node['target']))}: {node['failureSummary']}"
        for rule in found
        if rule["impact"] in SERIOUS
        for node in rule["nodes"]
    ]


def faults_of_both_themes(page: Page) -> list[str]:
    """The same page in light and dark, its transitions over."""
    found = []
    page.emulate_media(reduced_motion="reduce")
    for theme in ("light", "dark"):
        page.evaluate(f"document.documentElement.dataset.mantineColorScheme = '{theme}'")
        page.evaluate(STILL)
        found += faults(page)
    return found


def nobody_is_kept_out(page: Page) -> None:
    """Fail with what is wrong in either theme."""
    assert not (wrong := faults_of_both_themes(page)), "\n".join(wrong)
