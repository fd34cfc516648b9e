"""Runs and dashboards as one file, ``.prunelab.zip``, that another PruneLab takes in.

The archive holds ``manifest.json``; for each run ``runs/ID/run.json``, ``result.json``,
``events.jsonl`` (its history, as it was told), ``hand_masks.json`` where people keep masks with it,
and ``artifacts/…``; ``dashboards/ID.json``, and ``pictures/HASH`` for those that their notes name.
"""

from __future__ import annotations

SUFFIX = ".prunelab.zip"
