"""The pictures of several runs: beside each other, and where two of them differ."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Any

from frontend.comparing.runs import Compared, Drawn, Image, in_turns
from frontend.figures import marks
from frontend.figures.chooser import Chooser
from frontend.figures.colours import DIFFERENCE, variant_colour
from frontend.figures.layouts import picture_layout
from frontend.figures.marks import Trace
from frontend.figures.panels import Key, Panel, Reading, Row, Section
from frontend.views.comparable import Subject
from pruning.experiments.outputs import Quantity

MOST_PANELS = 12
_WAITING = "Comes with the first picture."
_BLACK, _WHITE = "#000000", "#FFFFFF"

Names = dict[str, str]


def drawn(compared: Sequence[Compared], along: Quantity | None) -> Drawn:
    """All that is drawn of pictures: of each subject they stand side by side, and differ.

    Those that lie along anything but what the slider moves are left out.
    """
    by_run = [[Image(each, p) for p in each.content.pictures] for each in compared]
    moved = [[each for each in found if each.picture.along in (None, along)] for found in by_run]
    subjects = list(dict.fromkeys(each.picture.subject for each in chain(*moved)))
    sections, frames = [], {each.prefix: list[str]() for each in compared}
    for number, subject in enumerate(subjects, start=1):
        mine = [[each for each in found if each.picture.subject == subject] for found in moved]
        shown, left_out = in_turns(mine, MOST_PANELS)
        sections.append(_beside(number, subject, shown, left_out))
        sections += _differences(number, subject, [*chain(*shown)])
        for each in chain(*shown):
            frames[each.of.prefix].append(each.picture.frame)
    return Drawn(sections, {prefix: tuple(names) for prefix, names in frames.items()})


def _beside(
    number: int,
    subject: Subject,
    shown: Sequence[Sequence[Image]],
    left_out: Sequence[Sequence[Image]],
) -> Section:
    """A row for each run, a panel for each of its pictures."""
    rows = [Row([_panel(each) for each in row], row[0].of.name) for row in shown if row]
    told = "All follow the slider; a run that has no such place shows its last before."
    moves = any(each.picture.along for each in chain(*shown))
    said = [told] if moves else []
    return Section(
        f"pictures{number}",
        rows,
        title=f"{subject.title} side by side",
        description=" ".join([*said, *_no_room(left_out), *_of_sizes([*chain(*shown)])]),
        shape="picture",
        least=140,
        animated=moves,
        keys=[Key(subject.light, _WHITE, "square"), Key(subject.dark, _BLACK, "square")],
    )


def _no_room(left_out: Sequence[Sequence[Image]]) -> list[str]:
    count = sum(map(len, left_out))
    listed = "; ".join(
        f"{', '.join(each.picture.variant.title for each in row)} of {row[0].of.name}"
        for row in left_out
        if row
    )
    return [f"There is no room for {count} more: {listed}."] if count else []


def _of_sizes(images: Sequence[Image]) -> list[str]:
    """What cannot be laid over each other."""
    sizes = sorted({each.picture.size for each in images})
    if len(sizes) == 1:
        return []
    listed = " and ".join(f"{height} × {width}" for height, width in sizes)
    return [
        f"They have {listed} pixels: only two of the same size can be laid over each other, as "
        "in a difference map."
    ]


def _panel(each: Image) -> Panel:
    picture = each.picture
    frame = _name(each)
    figure = {
        "data": [marks.picture(frame, picture.subject.array)],
        "layout": picture_layout(f"{frame}:{picture.subject.array}"),
    }
    return Panel(
        f"{each.of.key}-{picture.frame.replace('/', '-')}",
        picture.variant.title,
        figure,
        description=picture.variant.description,
        colour=variant_colour(picture.variant),
        waiting=_WAITING,
    )


def _name(each: Image) -> str:
    return f"{each.of.prefix}{each.picture.frame}"


def _differences(number: int, subject: Subject, images: Sequence[Image]) -> list[Section]:
    """A map for each size of which there are two pictures to lay over each other."""
    by_size: dict[tuple[int, int], list[Image]] = {}
    for each in images:
        by_size.setdefault(each.picture.size, []).append(each)
    offered = [same for same in by_size.values() if len(same) > 1]
    return [
        _difference(f"{number}-{place}", subject, same, several=len(offered) > 1)
        for place, same in enumerate(offered, start=1)
    ]


def _difference(
    number: str, subject: Subject, images: Sequence[Image], *, several: bool
) -> Section:
    """Two to choose, and the map of where they differ."""
    one, other = (f"{name}_{number.replace('-', '_')}" for name in ("one", "other"))
    names = {_name(each): f"{each.picture.variant.title} · {each.of.name}" for each in images}
    # At first of two runs, where there are two of them.
    second = next((e for e in images if e.of != images[0].of), images[1])
    height, width = images[0].picture.size
    size = f" · {height} × {width}" if several else ""
    readings = [Reading("", chosen={chooser: names}) for chooser in (one, other)]
    return Section(
        f"picture-difference{number}",
        [
            Row(
                [
                    Panel("one", "The first", _whole(one, subject), readings=readings[:1]),
                    Panel("other", "The second", _whole(other, subject), readings=readings[1:]),
                    Panel(
                        "map",
                        "Where they differ",
                        _map(one, other, subject, names),
                    ),
                ]
            )
        ],
        title=f"Difference of two {subject.title.lower()}{size}",
        description="The stronger the colour, the more they differ there, at the slider's place; "
        "of coloured pictures the mean over their colours.",
        shape="picture",
        least=240,
        animated=any(each.picture.along for each in images),
        keys=[_key(subject, one, other, names), _key(subject, other, one, names)],
        choosers=[
            Chooser(one, "Compare", names),
            Chooser(other, "with", {_name(second): names[_name(second)], **names}),
        ],
    )


def _key(subject: Subject, more: str, less: str, names: Names) -> Key:
    """What a colour of the map means: which of the two it is that has more, and how much."""
    share = {"lighter": _pair(more, less, subject), "said": "of the picture"}
    return Key(
        _more(subject),
        _colour(more),
        "square",
        [
            Reading("", chosen={more: names}),
            Reading("", bound={"frame": f"{{{more}}}", "bind": {"text": share}}),
        ],
    )


def _more(subject: Subject) -> str:
    return f"more {subject.light} by"


def _colour(chooser: str) -> str:
    return DIFFERENCE[0 if chooser.startswith("other") else -1][1]


def _whole(chooser: str, subject: Subject) -> dict[str, Any]:
    """The picture that is chosen."""
    frame = f"{{{chooser}}}"
    layout = picture_layout(f"{frame}:{subject.array}")
    return {"data": [marks.picture(frame, subject.array)], "layout": layout}


def _map(one: str, other: str, subject: Subject, names: Names) -> dict[str, Any]:
    source = {"lighter": _pair(one, other, subject)}
    picture = {
        **marks.frame("heatmap", f"{{{one}}}", {"z": source}),
        "zmin": -1,
        "zmax": 1,
        "colorscale": DIFFERENCE,
        "showscale": False,
        "hovertemplate": "row %{y}, column %{x}: %{z:+.0%}<extra></extra>",
    }
    layout = picture_layout(f"{{{one}}}:{subject.array}")
    layout["legend"] = {"orientation": "h", "x": 0, "y": 0, "yanchor": "top"}
    spoken = [_spoken(each, frame, subject, names) for each in (one, other) for frame in names]
    return {"data": [picture, *spoken], "layout": layout}


def _spoken(chooser: str, frame: str, subject: Subject, names: Names) -> Trace:
    """Nothing to be seen: what a legend says of a colour while this frame is chosen."""
    return {
        **marks.frame("scatter", f"{{{chooser}}}", {}),
        "meta": {"frame": f"{{{chooser}}}", "bind": {}, "only": {chooser: frame}},
        "name": f"{_more(subject)} {names[frame]}",
        "mode": "markers",
        "x": [None],
        "y": [None],
        "marker": {"symbol": "square", "size": 10, "color": _colour(chooser)},
        "hoverinfo": "skip",
    }


def _pair(one: str, other: str, subject: Subject) -> list[str]:
    return [f"{{{one}}}:{subject.array}", f"{{{other}}}:{subject.array}"]
