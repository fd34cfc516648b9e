"""Every colour that carries meaning, in one place.

Variants begin with Okabe and Ito's palette; what follows was searched for so that people with any
colour vision can tell all of it apart, on a light and on a dark page. Classes have hues of their
own, so that a region is never mistaken for a variant.
"""

from __future__ import annotations

import math
from itertools import count
from threading import Lock
from zlib import crc32

from pruning.criteria.base import criteria
from pruning.experiments.outputs import Variant

# Okabe & Ito, "Color Universal Design", 2008; their yellow is left out, it vanishes on white.
_VARIANTS = (
    *("#CC79A7", "#009E73", "#E69F00", "#56B4E9", "#D55E00", "#0072B2", "#8C6D31", "#FC5478"),
    *("#A83C48", "#785484", "#3C84FC", "#3C9CF0", "#D8B478", "#24D8A8", "#48CCD8", "#2448FC"),
    *("#3054D8", "#E49C48", "#CC18B4", "#FC3048", "#CC0018", "#3C78D8", "#B48454"),
    "#A884C0",
)
# Which criterion has which: it keeps its colour when others come. Plug-ins take what is left.
_CRITERIA = (
    *("grad", "taylor", "weight", "lrp", "random", "fisher", "weight_l2", "taylor_abs"),
    *("apoz", "geometric_median", "lrp_epsilon", "lrp_gamma", "lrp_alpha2_beta1", "snip"),
    *("grasp", "synflow", "bn_scale", "activation_mean", "taylor_weight", "obd", "lamp", "wanda"),
    "movement",
)
# Places of variants of kinds of which all are known; others take places by their names.
_KNOWN = {
    "input_mask": {"static": 1, "given": 2, "dynamic": 4, "random": 5},
    "arm": {"none": 0, "group_lasso": 1, "l1": 2, "group_lasso_variance": 5},
}
_CLASSES = ("#4A63D8", "#E9B949", "#2BB3A3", "#8F2D56", "#7DC4EE", "#6B7280")

UNPRUNED = "#868E96"
# How far two rankings agree: the reverse, nothing in common, the same.
AGREEMENT = [(0.0, "#B4562A"), (0.5, "#E9ECF1"), (1.0, "#2F5FB3")]
# Which of two has more: the second, neither, the first. What is alike lets the page through.
DIFFERENCE = [(0.0, "#C2560C"), (0.5, "rgba(134,142,150,0.12)"), (1.0, "#2F6FD0")]
# What tells variants and classes apart without any colour.
SYMBOLS = (
    *("circle", "square", "diamond", "cross", "x", "triangle-up", "star", "triangle-down"),
    *("pentagon", "hexagram", "hourglass", "bowtie", "triangle-left", "triangle-right"),
    *("star-triangle-up", "star-square", "star-diamond", "diamond-tall", "octagon", "hexagon"),
    *("diamond-wide", "star-triangle-down", "triangle-ne", "triangle-sw"),
)

# Further hues lie a golden angle apart, so that none comes twice.
_GOLDEN = math.pi * (3 - math.sqrt(5))
_FIRST_HUE = math.radians(40)
_LIGHTNESS, _CHROMA = 0.62, 0.12
# Any two of so many places differ in their marker, or in a colour that is far enough away.
_APART = 90

# Places of variants whose names no registry knows beforehand, by their kind.
# What people remove themselves; no variant has it.
BY_HAND = "#D6336C"
_taken: dict[str, dict[str, int]] = {}
_lock = Lock()

# How strongly a class covers the page at 0, 50 and 100 % confidence: a boundary between two
# classes is where both fade into the page.
_COVER = ((0, 0.02), (50, 0.12), (100, 0.62))


HAND_MASK = "hand_mask"


def variant_colour(variant: Variant) -> str:
    """The colour of a variant, the same on every page."""
    return _colour(_place(variant.kind, variant.name))


def hand_mask_colour(mask_id: str) -> str:
    """The colour of a mask that is kept with a run, which nothing else tells from another."""
    return _of_hue(_FIRST_HUE + _GOLDEN * _place(HAND_MASK, mask_id))


def variant_symbol(variant: Variant) -> str:
    """The marker of a variant's curves."""
    return SYMBOLS[_place(variant.kind, variant.name) % len(SYMBOLS)]


def apart_colour(index: int) -> str:
    """A colour for the thing ``index`` of several that have none of their own, such as runs."""
    return _CLASSES[index] if index < len(_CLASSES) else _colour(index - len(_CLASSES))


def _place(kind: str, name: str) -> int:
    """The place of a variant among those of its kind, from which its colour and marker follow."""
    if name in _KNOWN.get(kind, {}):
        return _KNOWN[kind][name]
    if kind == "criterion":
        plugged = [other for other in criteria.names() if other not in _CRITERIA]
        return [*_CRITERIA, *plugged].index(name)
    with _lock:
        places = _taken.setdefault(kind, {})
        if name not in places:
            # From its name, so that it is the same tomorrow; the next one where that is taken.
            wanted = count(crc32(name.encode()) % _APART)
            places[name] = next(place for place in wanted if place not in places.values())
        return places[name]


def _colour(place: int) -> str:
    """The palette, and then a hue for every place that those of the same marker do not have."""
    turn, within = divmod(place, len(_VARIANTS))
    if not turn:
        return _VARIANTS[place]
    return _of_hue(_FIRST_HUE + _GOLDEN * (within + 3 * turn))


def _of_hue(hue: float) -> str:
    """A colour of this hue in Ottosson's OKLCH, as light and as strong as all of them."""
    a, b = _CHROMA * math.cos(hue), _CHROMA * math.sin(hue)
    long = (_LIGHTNESS + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (_LIGHTNESS - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (_LIGHTNESS - 0.0894841775 * a - 1.2914855480 * b) ** 3
    linear = (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )
    return "#" + "".join(f"{round(255 * _encoded(value)):02X}" for value in linear)


def _encoded(linear: float) -> float:
    """A share of light as sRGB writes it."""
    value = min(1.0, max(0.0, linear))
    return 12.92 * value if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055


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
