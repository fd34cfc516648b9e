"""Networks described in a process of its own: building them takes torch, which pages do not load.

As a program it describes the networks that its standard input lists, as nice as its argument says.
"""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Collection

from backend.places import prepare
from backend.settings import Settings
from pruning.data.image_base import image_datasets
from pruning.estimates.work import CannotCountError
from pruning.recipes.base import recipes
from pruning.structure.described import (
    Described,
    NetworkDescription,
    describe,
    kept_description,
)

log = logging.getLogger(__name__)

# Somebody waits, but not for ever.
_SECONDS = 120


class Describer:
    """Has networks described, one process at a time."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._hopeless: set[Described] = set()
        self._is_at_it = False

    def ensure(self, wanted: Collection[Described]) -> None:
        """Return once all of these have been described.

        Raises
        ------
        CannotCountError
            If one of them cannot be.
        """
        # Whoever asks for what is known does not wait for others' networks.
        if all(map(self._is_kept, wanted)):
            return
        with self._lock:
            if hopeless := self._hopeless.intersection(wanted):
                raise CannotCountError(f"{hopeless.pop().model} cannot be described")
            missing = [each for each in wanted if not self._is_kept(each)]
            if missing:
                self._describe(missing)

    def describe_later(self, wanted: Collection[Described]) -> None:
        """Have these described meanwhile, for whoever comes next; nobody waits."""
        if not self._is_at_it:
            self._is_at_it = True
            threading.Thread(target=self._in_the_background, args=(wanted,), daemon=True).start()

    def _in_the_background(self, wanted: Collection[Described]) -> None:
        try:
            if missing := [each for each in wanted if not self._is_kept(each)]:
                self._describe(missing, niceness=19)
        except CannotCountError as error:
            log.warning("recipes will not tell how long they take: %s", error)
        finally:
            self._is_at_it = False

    def described(self, of: Described) -> NetworkDescription:
        """What a network is made of; the same errors as :meth:`ensure`."""
        self.ensure([of])
        found = kept_description(of, self._settings.data_dir)
        if found is None:
            raise CannotCountError(f"{of.model} cannot be described")
        return found

    def _is_kept(self, of: Described) -> bool:
        return kept_description(of, self._settings.data_dir) is not None

    def _describe(self, missing: Collection[Described], niceness: int = 5) -> None:
        environment = {**os.environ, "PRUNELAB_HOME": str(self._settings.home)}
        if self._settings.models:
            environment["PRUNELAB_MODELS"] = str(self._settings.models)
        try:
            subprocess.run(
                [sys.executable, "-m", "backend.describing", str(niceness)],
                input=json.dumps(list(missing)),
                env=environment,
                capture_output=True,
                text=True,
                check=True,
                timeout=_SECONDS,
            )
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
            # What cannot be built now cannot be built at the next key either.
            self._hopeless.update(each for each in missing if not self._is_kept(each))
            log.warning("networks could not be described: %s", error.stderr)
            raise CannotCountError("a network could not be described") from error


def networks_of_recipes() -> list[Described]:
    """What the recipes train, so that their cards can tell how long they take."""
    found: dict[Described, None] = {}
    for recipe in recipes:
        names = recipe.checked_config().model_dump()
        if {"model", "dataset"} <= names.keys() and names["dataset"] in image_datasets.names():
            dataset = image_datasets[names["dataset"]]
            found[Described(names["model"], dataset.shape, len(dataset.classes))] = None
    return list(found)


def main() -> None:
    """Describe what standard input lists, as long as the process that asked is there."""
    os.nice(int(sys.argv[1]))
    asked_by = os.getppid()
    settings = Settings()
    prepare(settings)
    for model, shape, classes in json.load(sys.stdin):
        if os.getppid() == asked_by:
            describe(Described(model, tuple(shape), classes), settings.data_dir)


if __name__ == "__main__":
    main()
