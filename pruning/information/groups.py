"""Groups of units: runs of consecutive ones."""

from __future__ import annotations


def equal_runs(name: str, units: int, groups: int) -> tuple[list[slice], list[str]]:
    """Divide the units of a layer into runs of equal size, the last of them shorter if need be.

    Parameters
    ----------
    name
        What the layer is called, for the notes.
    groups
        How many there should be. There are fewer where runs of equal size do not come to that
        number, and never more than units.

    Returns
    -------
    list[slice]
        The units of each group.
    list[str]
        For people: in what the groups differ from what was asked for.
    """
    if units < 1 or groups < 1:
        raise ValueError(
            f"There are {units} units and {groups} groups, and both have to be 1 or more."
        )
    if groups > units:
        note = f"{name} has {_counted(units)}, too few for {groups} groups: each is a group."
        return [slice(unit, unit + 1) for unit in range(units)], [note]
    size = -(-units // groups)
    runs = [slice(start, min(start + size, units)) for start in range(0, units, size)]
    if units == size * groups:
        return runs, []
    last = runs[-1].stop - runs[-1].start
    return runs, [
        f"{name} has {_counted(units)}, which do not divide into {groups} equal groups: there are "
        f"{len(runs)} groups of {size}" + (f", the last of {last}." if last < size else ".")
    ]


def _counted(units: int) -> str:
    return "1 unit" if units == 1 else f"{units} units"
