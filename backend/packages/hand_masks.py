"""Masks made by hand, as they come in packages: checked as strictly as those that people send."""

from __future__ import annotations

from backend.hand_mask_model import first_double, misfits, network_of
from backend.packages.archive import Archive, refused
from backend.packages.contents import PackedHandMask, PackedHandMasks, PackedRun, run_file
from pruning.experiments.base import experiments


def masks_file(run_id: str) -> str:
    """The name of the file that has the masks of a run; without any there is none."""
    return run_file(run_id, "hand_masks.json")


def masks_of(archive: Archive, run: PackedRun) -> list[PackedHandMask]:
    """The masks that come with a run; a Problem for the first one that could not be kept."""
    name = masks_file(run.id)
    if name not in archive.manifest.files:
        return []
    masks = archive.document(name, PackedHandMasks).masks
    for what, values in (("id", [m.id for m in masks]), ("name", [m.name for m in masks])):
        if double := first_double(values):
            raise refused(f"{name} has two masks of one {what}: {double}.")
    for mask in masks:
        _check(mask, run, name)
    return masks


def _check(mask: PackedHandMask, run: PackedRun, name: str) -> None:
    """A mask has to fit the network of its run, as far as that is known here."""
    network = network_of(run.experiment, run.config)
    if network is None:
        if run.experiment in experiments.names() and not experiments[run.experiment].network:
            raise refused(f"{name} belongs to a run of {run.experiment}, which keeps no masks.")
        return
    if errors := misfits(mask, network):
        raise refused(f"{name} does not fit its run ({errors[0].field}: {errors[0].message}).")
