"""Whether what is said before runs holds: unlike small ones, each estimated, then carried out.

They are done one after the other by a server of their own, as people would, so the first are
estimated from counted operations alone, and each of the others from the runs before it as well.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Any

import httpx2

from benchmarks.report import Line, middle, show
from pruning.estimates.estimate import WIDEST
from tests.servers import running

HOLD = 16
_QUICK_SWEEP = {"seeds": "0", "take_away": ""}
_MINT = {"groups": "4", "samples_per_class": "10", "second_draw": False, "permuted": False}
RUNS: list[tuple[str, dict[str, Any]]] = [
    ("toy", {"hidden": "50,50", "criteria": "weight,lrp"}),
    ("toy", {"hidden": "20,20,20", "dataset": "moon", "criteria": "weight", "grid": 40}),
    ("toy", {"hidden": "50,50", "criteria": "grad,taylor,lrp", "reference_seed": 1}),
    ("toy", {"hidden": "100,100", "dataset": "moon", "sparsities": "0:0.9:0.1"}),
    ("toy_study", {"hidden": "50,50", "seeds": 10, "datasets": "moon", "reference_samples": "1,5"}),
    ("toy_study", {"hidden": "50,50", "seeds": 40, "datasets": "moon"}),
    ("toy_study", {"hidden": "100,100", "seeds": 20, "datasets": "circle", "test": "noisy"}),
    ("sweep", {**_QUICK_SWEEP, "epochs": 3, "criteria": "weight", "sparsities": "0,0.5"}),
    ("sweep", {**_QUICK_SWEEP, "epochs": 10, "criteria": "weight,random", "sparsities": "0,0.5"}),
    ("sweep", {**_QUICK_SWEEP, "epochs": 10, "criteria": "weight", "granularities": "weight"}),
    ("sweep", {**_QUICK_SWEEP, "epochs": 3, "criteria": "weight", "finetune_epochs": 2}),
    ("input_selection", {"seeds": "0", "epochs": 4, "kinds": "random"}),
    ("input_selection", {"seeds": "0", "epochs": 4, "warmup_epochs": 4, "kinds": "static"}),
    ("input_selection", {"seeds": "0,1", "epochs": 8, "kinds": "random", "remove_every": 8}),
    ("guided_sparsity", {"seeds": "0", "epochs": 3, "arms": "none,l1"}),
    ("guided_sparsity", {"seeds": "0", "epochs": 6, "arms": "none,group_lasso"}),
    ("guided_sparsity", {"seeds": "0,1", "epochs": 3, "arms": "l1", "evaluate_every": 10}),
    ("mint", {**_MINT, "epochs": 3, "retrain_epochs": 1, "percentages": "50"}),
    ("mint", {**_MINT, "epochs": 3, "retrain_epochs": 2, "percentages": "50,80"}),
    ("mint", {**_MINT, "epochs": 3, "retrain_epochs": 1, "variants": "magnitude", "seeds": "1"}),
]


def main() -> None:
    """Estimate each, carry it out, and count how often the range held what it took."""
    held, spans = 0, []
    with (
        tempfile.TemporaryDirectory() as home,
        running(Path(home)) as url,
        httpx2.Client(base_url=f"{url}/api", timeout=180) as api,
    ):
        for name, values in RUNS:
            found = _answer(api.post(f"/experiments/{name}/estimate", json={"config": values}))
            seconds = _duration(api, name, values)
            low, high = found["seconds"]["low"], found["seconds"]["high"]
            holds = low <= seconds <= high
            held += holds
            spans.append(high / low)
            said = f"{low:.1f} to {high:.1f} s, {found['from']}"
            print(f"{'held  ' if holds else 'missed'} {name}: took {seconds:.1f} s; {said}")
    show(
        f"Estimates of {len(RUNS)} unlike runs",
        [
            Line("ranges that held what the run took", held, "", at_least=HOLD),
            Line("widest range: high over low", max(spans), "×", at_most=WIDEST + 1e-9),
            Line("range in the middle", middle(spans), "×"),
        ],
    )


def _duration(api: httpx2.Client, name: str, values: dict[str, Any]) -> float:
    """Seconds from the start of a run to its end."""
    run = _answer(api.post("/runs", json={"experiment": name, "config": values}))
    while run["status"] in ("queued", "running"):
        time.sleep(0.2)
        run = _answer(api.get(f"/runs/{run['id']}"))
    assert run["status"] == "done", run["error"]
    return float(run["duration"])


def _answer(response: httpx2.Response) -> Any:
    assert response.is_success, response.text
    return response.json()
