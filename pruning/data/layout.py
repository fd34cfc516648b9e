"""Which file of a folder or an archive is of which class and which set, by its path alone.

Either ``train/CLASS/…`` beside ``test/CLASS/…``, with any folders around it; or ``CLASS/…`` alone,
with one folder around it at most.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import PurePosixPath
from typing import NamedTuple

from pruning.data.limits import CLASSES, NAME_LENGTH, ImportRefusedError
from pruning.data.pictures import SUFFIXES

TRAIN, TEST = "train", "test"
_SETS = {
    TRAIN: ("train", "training"),
    TEST: ("test", "testing"),
    "val": ("val", "valid", "validation"),
}
# What file managers, clouds and notebooks leave behind, beside what begins with a dot.
_LITTER = (
    "thumbs.db",
    "ehthumbs.db",
    "desktop.ini",
    "__macosx",
    "@eadir",
    "$recycle.bin",
    "system volume information",
)
# Images that cannot be read here: to leave them out would change what the dataset is.
_OTHER_IMAGES = (
    *(".gif", ".webp", ".tif", ".tiff", ".heic", ".heif", ".avif", ".jp2", ".jxl", ".svg", ".ico"),
    *(".ppm", ".pgm", ".pbm", ".pnm", ".tga", ".psd", ".dcm", ".nii", ".cr2", ".nef", ".dng"),
)
_NAMED = 3


class Place(NamedTuple):
    """Of which set, ``train`` or ``test``, and of which class a file is."""

    set: str
    label: str


class Layout(NamedTuple):
    """The places of all images, and what else is to be said."""

    places: dict[PurePosixPath, Place]
    notes: tuple[str, ...]


class _Spot(NamedTuple):
    """The folder of a set as it is called, nothing where there are none; and the class."""

    folder: str
    label: str


_Spots = Callable[[PurePosixPath], "_Spot | None"]


def layout_of(files: Sequence[PurePosixPath], folders: Iterable[PurePosixPath]) -> Layout:
    """Find the images of a dataset among files.

    Parameters
    ----------
    files, folders
        The paths of all that there are, of empty folders, too.

    Raises
    ------
    ImportRefusedError
        If there are none, or it is not clear which is of what.
    """
    litter = [path for path in files if _is_litter(path)]
    kept = [path for path in files if not _is_litter(path)]
    spot_of = _spots([path for path in kept if path.suffix.lower() in SUFFIXES])
    spots = {path: spot for path in kept if (spot := spot_of(path))}
    images = {path: spot for path, spot in spots.items() if _is_image(path)}
    roles = _roles({spot.folder for spot in images.values()})
    places = {path: Place(roles[spot.folder], spot.label) for path, spot in images.items()}
    labels = _checked_labels(places.values())
    empty = {spot.label for path in folders if (spot := _spot_of_folder(spot_of, path))} - labels
    notes = (
        *_of_roles(roles),
        *(f"the folder {label} has no image: there is no such class" for label in sorted(empty)),
        *_of_capitals(labels),
        *_left_out("no image", [path for path in spots if path not in images]),
        *_left_out("beside the classes", [path for path in kept if path not in spots]),
        *_left_out("of a file manager", litter),
    )
    return Layout(places, notes)


def _is_litter(path: PurePosixPath) -> bool:
    return any(part.startswith((".", "~$")) or part.lower() in _LITTER for part in path.parts)


def _is_image(path: PurePosixPath) -> bool:
    suffix = path.suffix.lower()
    if suffix in _OTHER_IMAGES:
        raise ImportRefusedError(f"{path} is no PNG, JPEG or BMP image")
    return suffix in SUFFIXES


def _spots(images: Sequence[PurePosixPath]) -> _Spots:
    """What tells the spot of a path, for the way in which these images lie."""
    if in_sets := [path for path in images if _in_set(path)]:
        around = {path: _around(path) for path in in_sets}
        first = in_sets[0]
        for path in in_sets:
            if around[path] != around[first]:
                raise ImportRefusedError(f"{first} and {path} are not below the same folder")
        return _in_set
    for path in images:
        if any(map(_set_of, path.parts[:-1])):
            raise ImportRefusedError(
                f"{path} is in a set, but in no class there: put the folders of the classes into "
                "train and test"
            )
    tops = {path.parts[0] for path in images if len(path.parts) > 1}
    depth = 0 if len(tops) > 1 else 1

    def in_class(path: PurePosixPath) -> _Spot | None:
        return _Spot("", path.parts[depth]) if len(path.parts) > depth + 1 else None

    if not any(map(in_class, images)):
        raise ImportRefusedError(
            "it has no image at train/CLASS/NAME.png, nor at CLASS/NAME.png; give every class a "
            "folder"
        )
    return in_class


def _in_set(path: PurePosixPath) -> _Spot | None:
    start = _start(path)
    return None if start is None else _Spot(path.parts[start].lower(), path.parts[start + 1])


def _start(path: PurePosixPath) -> int | None:
    """Where in a path the folder of a set is, with that of a class and a file below it."""
    parts = path.parts[:-2]
    return next((place for place, part in enumerate(parts) if _set_of(part)), None)


def _set_of(name: str) -> str | None:
    return next((each for each, names in _SETS.items() if name.lower() in names), None)


def _around(path: PurePosixPath) -> tuple[str, ...]:
    """The folders around ``train`` and ``test``."""
    return path.parts[: _start(path)]


def _spot_of_folder(spot_of: _Spots, path: PurePosixPath) -> _Spot | None:
    """The spot of a folder of a class: that of any file in it."""
    spot = None if _is_litter(path) else spot_of(path / "x")
    return spot if spot and spot.label == path.name else None


def _roles(folders: set[str]) -> dict[str, str]:
    """By the folder of a set, whether it is one to learn from or one to test on."""
    if folders == {""}:
        return {"": TRAIN}
    by_kind = defaultdict(list)
    for folder in sorted(folders):
        by_kind[_set_of(folder)].append(folder)
    if not by_kind[TRAIN]:
        raise ImportRefusedError(f"it has images in {_and(sorted(folders))}, but none in train")
    held = by_kind[TEST] or by_kind["val"]
    if len(held) > 1:
        raise ImportRefusedError(f"it holds {_and(held)}; leave one of them to be held out")
    return {folder: TEST if folder in held else TRAIN for folder in folders}


def _of_roles(roles: dict[str, str]) -> Iterator[str]:
    for folder, role in sorted(roles.items()):
        kind = _set_of(folder)
        if kind == "val" and role == TEST:
            yield f"the images of {folder} are the test images"
        if kind == "val" and role == TRAIN:
            yield (
                f"the images of {folder} are training images, since test is there: validation "
                "images are drawn from those for each run"
            )
    if TEST not in roles.values():
        yield "without a folder test a fifth of every class is held out as test images"


def _checked_labels(places: Iterable[Place]) -> set[str]:
    """The classes; those of the test images are among those of the others."""
    by_set = defaultdict(set)
    for place in places:
        by_set[place.set].add(place.label)
    labels = by_set[TRAIN]
    if unknown := sorted(by_set[TEST] - labels):
        named = ", ".join(unknown[:5])
        raise ImportRefusedError(f"test has classes that train has not: {named}")
    for label in labels:
        if len(label) > NAME_LENGTH:
            raise ImportRefusedError(f"the class {label[:20]}… has more than {NAME_LENGTH} letters")
    if len(labels) > CLASSES:
        raise ImportRefusedError(f"there are {len(labels):,} classes, more than {CLASSES:,}")
    return labels


def _of_capitals(labels: Iterable[str]) -> Iterator[str]:
    alike = defaultdict(list)
    for label in sorted(labels):
        alike[label.casefold()].append(label)
    for found in alike.values():
        if len(found) > 1:
            yield f"{_and(found)} are different classes, though only capitals tell them apart"


def _left_out(what: str, paths: Sequence[PurePosixPath]) -> Iterator[str]:
    if not paths:
        return
    named = ", ".join(map(str, sorted(paths)[:_NAMED]))
    more = f" and {len(paths) - _NAMED:,} more" if len(paths) > _NAMED else ""
    yield f"left out, {what}: {named}{more}"


def _and(words: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))
