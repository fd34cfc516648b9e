"""The slider of a comparison: all places that any of its runs has."""

from __future__ import annotations

from collections.abc import Sequence

from frontend.figures.view import Scrubber
from frontend.views.comparable import Comparable
from pruning.experiments.outputs import Quantity

# Where a slider along shares, or counts, starts if it can.
_STARTS = {"percent": 1 / 3, "integer": 10.0}


def scrubber(along: Quantity, contents: Sequence[Comparable]) -> Scrubber:
    """A slider over the union of the places that runs have along an axis."""
    places = sorted({place for content in contents for place in content.places[along.name]})
    wanted = _STARTS.get(along.format)
    is_share = along.format == "percent"
    return Scrubber(
        title=along.title[0].upper() + along.title[1:],
        places=places,
        labels=[_removed(place) if is_share else _samples(place) for place in places],
        marks=[f"{100 * place:.0f} %" if is_share else f"{place:g}" for place in places],
        start=wanted if wanted in places else places[len(places) // 2],
        even=not is_share,
    )


def _removed(share: float) -> str:
    return f"{100 * share:.1f} % removed"


def _samples(count: float) -> str:
    return f"{count:g} sample{'' if count == 1 else 's'} per class"
