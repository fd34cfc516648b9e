"""The language in which figures say what fills them.

Views write it; ``assets/bind.js``, ``sources.js`` and ``spans.js`` evaluate it, on pages and in the
browser that draws exports. Python knows no more of it than which names of a result it holds, see
:mod:`.used_results`.

A trace says in its ``meta`` what it draws:

``{"frame": NAME, "bind": {TARGET: SOURCE}}``
    TARGET is an attribute such as ``x`` or ``marker.color``, SOURCE an array of the frame, see
    below. ``"most": N`` draws every k-th of more than N points. ``"at": PLACE`` draws the frame at
    that place wherever the slider is. Here SOURCE may also be ``{"table": NAME, "column": COLUMN,
    …}`` for cells of rows, which are asked for as below: names of what an array has numbers of.
``{"table": NAME, "where": {COLUMNS: VALUE}, "bind": {TARGET: SOURCE}}``
    The rows whose columns hold these values, in the order in which they came; SOURCE is a column.
    COLUMNS may be several, ``A/B``, for what they hold with a slash between. ``"at": COLUMN``
    leaves of these only the rows at the slider's place. ``"front": [X, Y]`` leaves the rows that
    no other is as good as or better than, by a small X and a large Y, in the order of X.
    ``"across": [x0, …]`` draws the last of them as a level line.
``{"series": NAME, "labels": {...}}``
    The points of the series that carry these labels, by x; with ``"mean": True`` the mean of those
    at each x. ``"across"`` as above. ``"whiskers": True`` fills ``error_x`` with the quartiles of
    x, points that carry the same labels but ``q1`` and ``q3`` for their ``statistic``, and
    ``customdata`` with words for them; ``"untold": True`` leaves the points whose x, a ratio,
    cannot be told from 1, since its quartiles hold it.

SOURCE is the name of an array or column, or, of frames, ``FRAME:ARRAY`` for an array of another
frame; a dictionary of names and factors, for the sum; a list of sources, for one row of values per
point; ``{"png": NAME}`` for a picture of shape (height, width) or (height, width, 3), and with
``"of": NAME, "abreast": N`` for one of as many tiles in rows of N, clear behind the last of them;
``{"share": NAME}`` for each row of a matrix divided by its sum; ``{"blank": NAME}`` for numbers as
texts, those for 0 empty; ``{"rows": NAME}`` for a matrix, where a flat array is one row of it;
``{"named": [NAME, …], "words": [WORD, …]}`` for texts, of numbers that stand for words; ``{"tiles":
IMAGE, "of": NAME, "abreast": N, "axis": AXIS}`` for where each value's tile stands in a picture of
tiles; ``{"differs": [NAME, NAME]}`` for 1 where two arrays differ and 0 where they agree, and with
``"said": WORDS`` for one text, the share that differs with these words behind it; nothing while
their shapes are not the same; ``{"lighter": [NAME, NAME]}`` for how much lighter each pixel of a
picture is than that of another one of its size, from -1 to 1, of colours their mean, and with
``"said": WORDS`` for one text: by how much it is where it is lighter, summed over all values, as a
share of the picture; ``{"at_most": NAME}`` for 1 where a value is at most the slider's place and
nothing elsewhere, and with ``"said": WORDS`` for one text, the share of such values with these
words behind it: with ``"weights": NAME`` each counts as much as that says, and with ``"of": NAME``
it is a share of the first number there; ``{"correlates": [NAME, NAME], "said": WORDS}`` for one
text, the words and the correlation of two arrays; ``{"unless": [NAME, NAME]}`` for the values of
one array where the other has no number, and nothing elsewhere.

``"pressed": {"of": {NAME: VALUE}, "place": LABEL}`` says what a point is of that somebody presses,
and where the slider goes then: of a series to the place that the point's LABEL holds, of a table to
that in ``customdata``. Where the layout marks the slider's place along x, it goes to x in any case.

``"only": {CHOOSER: OPTION}`` hides a trace unless all of these are chosen.

``{CHOOSER}`` in a name or a value stands for what is chosen there.

A slider's place ``at`` shows, of every frame, the one with the greatest ``at`` that is not above
it, and of a table's rows likewise; a frame that is alone at 0 stands for all places. A trace whose
``meta`` has ``"exact": True`` shows nothing
between: only the frame at the very place, or else the one at 0, which stands for all places.

A layout whose ``meta`` is ``{"extent": FRAME}`` spans that frame's arrays ``x`` and ``y``;
``{"extent": {"image": "FRAME:ARRAY"}}`` spans a picture, its first row on top. ``{"extent": {AXIS:
SPAN}}`` says so for each axis. SPAN is one of

``[LOW, HIGH]``
    The range outright.
``{"least": [LOW, HIGH], "series": [NAME, …], "frames": [NAME, …], "columns": [[TABLE, NAME], …]}``
    LOW to HIGH, or from a lower tenth (never below 0) that all points of those series, all arrays
    of those frames and all numbers in those columns of tables are above. With ``"from": X`` points
    of series before that do not count, unless a series has no others; with ``"room": SHARE`` there
    is a share of room below, so that what lies at the very end is seen whole.
``{"hold": [HELD, …], "least": [LOW, HIGH], "room": SHARE, "log": BOOL}``
    From the smallest to the largest number held, and ``least`` in any case, with a share of room
    above, of a logarithmic axis also below. HELD is ``"FRAME:ARRAY"`` of the frame at 0,
    ``{"series": NAME}`` for its y, ``{"x": NAME}`` for its x, or
    ``{"table": NAME, "column": COLUMN}``.
``{"by": CHOOSER, "of": {OPTION: SPAN}}``
    What is chosen decides.

``{"by": {CHOOSER: {OPTION: {PATH: VALUE}}}}`` in the ``meta`` sets attributes of the layout, such
as ``xaxis.title.text``, by what is chosen.
"""

from __future__ import annotations

import re
from typing import Any


def put(target: Any, path: str, value: Any) -> None:
    """Set what a PATH such as ``marker.color`` or ``shapes[0].visible`` leads to."""
    *parents, last = (int(step) if step.isdigit() else step for step in re.findall(r"\w+", path))
    for parent in parents:
        target = target[parent] if isinstance(parent, int) else target.setdefault(parent, {})
    target[last] = value
