"""What of a toy run's network the page makes itself: its diagram, and what is done by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from frontend.figures import marks
from frontend.figures.boundaries import reference_points, region, short
from frontend.figures.colours import BY_HAND, variant_colour
from frontend.figures.layouts import panel_layout
from frontend.figures.live_network import LiveNetwork, Ranking
from frontend.figures.network_parts import Diagram, TrainAgain
from frontend.figures.panels import Panel, Reading, Row, Section
from frontend.figures.view import Scrubber
from pruning.experiments.outputs import Variant
from pruning.experiments.toy.config import ToyConfig
from pruning.toy.settings import TRAININGS

HAND = "hand"
# How much of the slider goes over training, for each part that goes over pruning; what is between.
LEARNING_SHARE = 0.25
GAP_SHARE = 0.1
SCENARIOS = {"train": "training set", "test": "test set"}
# From what the network that is trained again begins, and what that tells.
BEGINNINGS = {
    "finetuned": ("Fine-tuned", "It goes on from the weights that it has."),
    "rewound": (
        "Rewound",
        "It goes back to the weights that it began with: does the mask hold a winning ticket?",
    ),
    "reinitialised": (
        "Reinitialised",
        "It starts from fresh random weights: how much of it is the mask alone?",
    ),
}


def network(config: ToyConfig, variants: Sequence[Variant], classes: Sequence[str]) -> LiveNetwork:
    """The network as the page is told of it."""
    return LiveNetwork(
        hidden=config.hidden,
        inputs=["x", "y"],
        classes=[f"class {name}" for name in short(classes)],
        rankings=[Ranking(each.name, each.title, variant_colour(each)) for each in variants],
    )


def diagram(network: LiveNetwork, classes: Sequence[str]) -> Diagram:
    """Its units, and what is left without those that are removed by hand."""
    return Diagram(
        network,
        title="The network",
        description="Every hidden unit shows what it answers over the plane. Click on units, or "
        "draw over several, to remove them and to bring them back; click on a connection to cut "
        "it. The panel By hand follows.",
        left=Section("left", [Row([hand(classes)])]),
    )


def hand(classes: Sequence[str]) -> Panel:
    """What is left by hand, beside what criteria leave."""
    points = reference_points(HAND, classes, size=7)
    return Panel(
        HAND,
        "By hand",
        {"data": [region(HAND, classes), points], "layout": panel_layout("grid")},
        description="The network without the units that you remove in its diagram.",
        colour=BY_HAND,
        readings=readings(HAND),
        ringed=True,
        made_here=True,
    )


def by_hand(scenario: str) -> marks.Trace:
    """How accuracy fell as units were removed by hand: a curve that the page makes itself."""
    return marks.mean(
        {**marks.series(f"accuracy/{HAND}", {"scenario": scenario}), "legendgroup": HAND},
        f"By hand, {SCENARIOS[scenario]}",
        BY_HAND,
        dash="dash" if scenario == "test" else "solid",
    )


def again(network: LiveNetwork, classes: Sequence[str]) -> TrainAgain:
    """Training what a mask has left."""
    panels = [_beginning(name, classes) for name in BEGINNINGS]
    return TrainAgain(
        network,
        title="Train again",
        description="What a mask has left learns anew, in this page: from the weights that it has, "
        "from those that it began with, and from fresh ones. The network itself was trained for "
        f"{TRAININGS['quick'].steps:,} steps.",
        section=Section("again", [Row(panels)], least=160),
    )


def _beginning(name: str, classes: Sequence[str]) -> Panel:
    title, description = BEGINNINGS[name]
    points = reference_points(name, classes, size=7)
    return Panel(
        name,
        title,
        {"data": [region(name, classes), points], "layout": panel_layout("grid")},
        description=description,
        readings=readings(name),
        ringed=True,
        made_here=True,
    )


def with_learning(pruning: Scrubber, config: ToyConfig) -> Scrubber:
    """The slider over pruning, with a part before it that goes over the training.

    There a place is the number of steps that are still to come, below zero.
    """
    steps, total = config.learning, TRAININGS["quick"].steps
    room = LEARNING_SHARE * pruning.places[-1]
    before = [room * (place / len(steps) - 1) - GAP_SHARE * room for place in range(len(steps))]
    return replace(
        pruning,
        places=[float(done - total) for done in steps] + pruning.places,
        labels=[f"Training: step {done:,} of {total:,}" for done in steps] + pruning.labels,
        marks=["training", *[""] * (len(steps) - 1), *pruning.marks],
        spread=before + pruning.places,
    )


def readings(name: str) -> list[Reading]:
    """The accuracies of a network, as a panel's head says them."""
    return [
        Reading(title, f"accuracy/{name}", {"scenario": scenario}, long_title=f"{title} accuracy")
        for title, scenario in (("train", "train"), ("test", "test"))
    ]
