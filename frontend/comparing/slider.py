"""The slider of a comparison: all places that any of its runs has."""

from __future__ import annotations

from collections.abc import Sequence

from frontend.figures.view import Scrubber
from frontend.views.comparable import Comparable
from pruning.experiments.outputs import Quantity
from pruning.experiments.quantities import REFERENCE_SAMPLES


def scrubber(along: Quantity, contents: Sequence[Comparable]) -> Scrubber:
    """A slider over the union of the places that runs have along an axis."""
    places = sorted({place for content in contents for place in content.places[along.name]})
    is_share = along.format == "percent"
    wanted, middle = _start(along, places), places[len(places) // 2]
    return Scrubber(
        title=along.title[0].upper() + along.title[1:],
        places=places,
        labels=[_label(along, place) for place in places],
        marks=[f"{100 * place:.0f} %" if is_share else f"{place:g}" for place in places],
        start=wanted if wanted in places else middle,
        even=not is_share,
    )


def _start(along: Quantity, places: Sequence[float]) -> float:
    """Where it had best start: where pruning shows, else at the end."""
    if along.format == "percent":
        return 1 / 3
    return 10.0 if along == REFERENCE_SAMPLES else places[-1]


def _label(along: Quantity, place: float) -> str:
    if along.format == "percent":
        return f"{100 * place:.1f} % removed"
    if along == REFERENCE_SAMPLES:
        return f"{place:g} sample{'' if place == 1 else 's'} per class"
    return f"{along.title[0].upper() + along.title[1:]} {place:g}"
