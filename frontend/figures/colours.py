"""Every colour that carries meaning, in one place.

Criteria begin with Okabe and Ito's palette; what follows was searched for so that people with any
colour vision can tell all of them apart, on a light and on a dark page. Classes have hues of their
own, so that a region is never mistaken for a criterion.
"""

from __future__ import annotations

from pruning.criteria.base import criteria

# Okabe & Ito, "Color Universal Design", 2008; their yellow is left out, it vanishes on white.
_CRITERIA = (
    *("#CC79A7", "#009E73", "#E69F00", "#56B4E9", "#D55E00", "#0072B2", "#8C6D31", "#FC5478"),
    *("#A83C48", "#785484", "#3C84FC", "#3C9CF0", "#D8B478", "#24D8A8", "#48CCD8", "#2448FC"),
    *("#3054D8", "#E49C48"),
)
# Who has which: a criterion keeps its colour when others come. Plug-ins take what is left.
_PLACES = (
    *("grad", "taylor", "weight", "lrp", "random", "fisher", "weight_l2", "activation_mean"),
    *("apoz", "geometric_median", "lrp_epsilon", "lrp_gamma", "lrp_alpha2_beta1", "snip"),
    *("grasp", "synflow", "bn_scale"),
)
_CLASSES = ("#4A63D8", "#E9B949", "#2BB3A3", "#8F2D56", "#7DC4EE", "#6B7280")

UNPRUNED = "#868E96"
# How far two rankings agree: the reverse, nothing in common, the same.
AGREEMENT = [(0.0, "#B4562A"), (0.5, "#E9ECF1"), (1.0, "#2F5FB3")]
# What tells criteria and classes apart without any colour.
SYMBOLS = (
    *("circle", "square", "diamond", "cross", "x", "triangle-up", "star", "triangle-down"),
    *("pentagon", "hexagram", "hourglass", "bowtie", "triangle-left", "triangle-right"),
    *("star-triangle-up", "star-square", "star-diamond", "diamond-tall"),
)

# How strongly a class covers the page at 0, 50 and 100 % confidence: a boundary between two
# classes is where both fade into the page.
_COVER = ((0, 0.02), (50, 0.12), (100, 0.62))


def criterion_colour(name: str) -> str:
    """The colour of a criterion, the same on every page."""
    return _CRITERIA[_place(name) % len(_CRITERIA)]


def criterion_symbol(name: str) -> str:
    """The marker of a criterion's curves."""
    return SYMBOLS[_place(name) % len(SYMBOLS)]


def _place(name: str) -> int:
    plugged = [other for other in criteria.names() if other not in _PLACES]
    return [*_PLACES, *plugged].index(name)


def apart_colour(index: int) -> str:
    """A colour for the thing ``index`` of several that have none of their own, such as runs."""
    palette = (*_CLASSES, *_CRITERIA)
    return palette[index % len(palette)]


def class_colour(index: int) -> str:
    """The colour of the class ``index``."""
    return _CLASSES[index % len(_CLASSES)]


def region_scale(classes: int) -> list[tuple[float, str]]:
    """Colours for ``101 * class + confidence``, confidence in percent."""
    top = 101 * classes - 1
    return [
        ((101 * index + confidence) / top, faded(class_colour(index), cover))
        for index in range(classes)
        for confidence, cover in _COVER
    ]


def class_scale(classes: int) -> list[tuple[float, str]]:
    """Flat colours for class numbers between ``-0.5`` and ``classes - 0.5``."""
    return [
        ((index + side) / classes, class_colour(index))
        for index in range(classes)
        for side in (0, 1)
    ]


def faded(colour: str, alpha: float) -> str:
    """A colour that covers only a share of what is below it."""
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{alpha})"
