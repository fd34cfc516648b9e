"""How long a run takes: said under the button, and while it goes."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser import actions
from tests.browser.conftest import OpenPage


def test_an_estimate_follows_the_form_and_nothing_moves(open_page: OpenPage):
    page = open_page("/?experiment=toy")
    estimate, button = page.get_by_test_id("estimate"), page.get_by_test_id("run")
    place = button.bounding_box()
    expect(estimate).to_contain_text("About", timeout=actions.PATIENCE)
    assert button.bounding_box() == place
    said = estimate.inner_text()
    actions.unfold(page, "Network")
    actions.fill(page, hidden="1000, 1000, 1000", train_seed=987_123)
    expect(estimate).not_to_have_text(said)
    actions.fill(page, hidden="none")
    expect(estimate).to_have_text("No estimate: these settings cannot be run yet.")
    expect(page.locator("#form [aria-invalid=true]")).to_have_count(0)
    assert button.bounding_box() == place


def test_words_for_the_time_that_is_left_do_not_jump(open_page: OpenPage):
    page = open_page("/?experiment=toy")
    said = page.evaluate(
        """async () => {
          const { follow, secondsLeft, words } = await import("#pages/time_left.js");
          const estimate = { low: 60, high: 180 };
          const found = [];
          let left = null;
          for (let now = 0; now <= 100; now += 1) {
            // Progress comes in fits: it stands, and then it leaps.
            const share = Math.floor(now / 10) / 10;
            left = follow(left, now, secondsLeft({ elapsed: now, share, estimate }));
            found.push(left.said);
          }
          const unknown = secondsLeft({ elapsed: 2, share: 0, estimate: null });
          return { found, unknown, words: [4, 42, 170, 1500, 9000].map(words) };
        }"""
    )
    assert said["unknown"] is None
    assert said["words"] == [
        "a few seconds left",
        "about 40 s left",
        "about 3 min left",
        "about 25 min left",
        "about 2.5 h left",
    ]
    assert said["found"] == sorted(said["found"], reverse=True), "it only falls"
    assert said["found"][-1] < 15
