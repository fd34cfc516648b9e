"""What comes out of an input selection."""

from __future__ import annotations

from pruning.experiments.images.outputs import TRAINING
from pruning.experiments.input_selection.config import KINDS, InputSelectionConfig, Kind
from pruning.experiments.outputs import (
    Column,
    Facts,
    FrameOutput,
    Outputs,
    Quantity,
    Series,
    TableOutput,
    Variant,
)
from pruning.experiments.quantities import ACCURACY, EPOCH

SENT = Quantity("q", "Q: share of the input that is sent", "percent")
LAMBDA = Quantity("lambda", "λ: what that counts in the loss")
TAU = Quantity("tau", "τ: temperature")
CHOSEN = Quantity("chosen", "share of test images that a version is chosen for", "percent")
# The upper ends of the intervals of Q in which the best epoch is kept.
INTERVALS = [round(0.05 * i, 2) for i in range(1, 21)]
# Where kinds are held against each other: the best with at most so much.
LIMITS = (0.05, 0.1, 0.2, 0.5)

ACCURACIES = Series("accuracy/{kind}/epoch", EPOCH, ACCURACY, ("repeat",))
QS = Series("q/{kind}/epoch", EPOCH, SENT, ("repeat",))
LAMBDAS = Series("lambda/{kind}/epoch", EPOCH, LAMBDA, ("repeat",))
TAUS = Series("tau/{kind}/epoch", EPOCH, TAU, ("repeat",))
THUMBNAILS = Series("thumbnails/{kind}/epoch", EPOCH, CHOSEN, ("repeat", "version"))
QUALITIES = Series("qualities/{kind}/epoch", EPOCH, CHOSEN, ("repeat", "version"))
TRADE_OFF = Series("accuracy/{kind}/q", SENT, ACCURACY, ("statistic",))

_KIND = Column("kind", "Mask")
EPOCHS = TableOutput(
    "epochs",
    "Every epoch",
    (
        _KIND,
        Column("repeat", "Repeat", "integer"),
        Column("epoch", "Epoch", "integer"),
        Column("accuracy", "Accuracy", "percent"),
        Column("q", "Q", "percent"),
        Column("lambda", "λ", "number"),
        Column("tau", "τ", "number"),
    ),
    key=("kind", "repeat", "epoch"),
)
BEST = TableOutput(
    "best",
    "The best epoch in every interval of Q",
    (
        _KIND,
        Column("repeat", "Repeat", "integer"),
        Column("q_interval", "Q up to", "percent"),
        Column("accuracy", "Accuracy", "percent"),
        Column("validation_accuracy", "on validation", "percent"),
        Column("q", "Q", "percent"),
        Column("epoch", "Epoch", "integer"),
        Column("bytes_saved", "Bytes saved per image", "number"),
    ),
    key=("kind", "repeat", "q_interval"),
    description="Chosen on validation images where there are any; the accuracy is that on the "
    "test set.",
)
SUMMARY = TableOutput(
    "summary",
    "Mean over the repeats",
    (
        _KIND,
        Column("q_interval", "Q up to", "percent"),
        Column("repeats", "Repeats", "integer"),
        Column("accuracy", "Accuracy", "percent"),
        Column("sd", "± sd", "percent"),
        Column("q", "Q", "percent"),
    ),
    key=("kind", "q_interval"),
)
ORDER = TableOutput(
    "order",
    "Which mask is the best",
    (
        Column("q_limit", "With at most", "percent"),
        _KIND,
        Column("repeats", "Repeats", "integer"),
        Column("accuracy", "Accuracy", "percent"),
        Column("sd", "± sd", "percent"),
        Column("not_told_from", "Cannot be told from"),
    ),
    key=("q_limit", "kind"),
    description="The best epoch of each repeat that sends at most so much. Two masks are told "
    "apart where Welch's test over the repeats has p below 5 %.",
)

_PICTURE = "as an image; what is sent is light"
MASK = FrameOutput(
    "mask/{kind}",
    "The mask",
    {"image": f"the mask, or its mean over test images, {_PICTURE}"},
    EPOCH,
    picture="image",
)
OUTPUTS = Outputs(
    series=(*TRAINING.values(), ACCURACIES, QS, LAMBDAS, TAUS, THUMBNAILS, QUALITIES, TRADE_OFF),
    tables=(EPOCHS, BEST, SUMMARY, ORDER),
    frames=(
        MASK,
        FrameOutput(
            "instances/{kind}",
            "The masks of three test images",
            {"image": f"side by side, {_PICTURE}"},
            EPOCH,
            picture="image",
        ),
        FrameOutput(
            "examples/{kind}",
            "What is sent of six test images",
            {"image": "the images in a row, above, and what is sent of them, below"},
            EPOCH,
            picture="image",
        ),
        FrameOutput(
            "classes/{kind}",
            "How often each pixel is sent, by class",
            {"image": "a picture for each class in a grid", "class": "the class of each picture"},
            EPOCH,
            picture="image",
        ),
    ),
)


def thumbnail_names(config: InputSelectionConfig) -> list[str]:
    """What the sizes of an image are called, of which one is chosen; none without a choice."""
    return _versions([f"{side} × {side}" for side in config.thumbnails], config)


def quality_names(config: InputSelectionConfig) -> list[str]:
    """What its qualities are called."""
    return _versions([f"JPEG {quality}" for quality in config.jpeg_qualities], config)


def _versions(names: list[str], config: InputSelectionConfig) -> list[str]:
    return ["original", *names] if names and config.has_versions else []


def kind_variants(kinds: list[Kind]) -> tuple[Variant, ...]:
    """The kinds of masks as what curves are of."""
    return tuple(Variant("input_mask", kind, f"{KINDS[kind]} mask") for kind in kinds)


def facts(config: InputSelectionConfig) -> Facts:
    """What a run is found by."""
    return Facts(config.dataset, config.model, kind_variants(config.kinds))
