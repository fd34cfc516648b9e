"""Whether a run that is asked for is within what a run may take here, told before it waits."""

from __future__ import annotations

import logging
from pathlib import Path

from backend.describing import Describer
from backend.problems import Problem
from pruning.context import CannotRunError
from pruning.estimates.words import about
from pruning.estimates.work import CannotCountError, Here, NotDescribedError, Work
from pruning.experiments.base import Experiment, ExperimentConfig
from pruning.registry import UnknownNameError

log = logging.getLogger(__name__)

# Estimates span a factor of 3, and a machine may be faster than the one whose rates are kept.
_IN_DOUBT = 3.0
# Describing a network takes seconds, once: nobody waits for it who wants fewer epochs and smaller
# batches than these.
_MANY_EPOCHS = 1000
_LARGE_BATCH = 1000


class Budget:
    """What a run may take.

    Parameters
    ----------
    hours
        The longest that a run may be estimated to take.
    gib
        The most memory that a process of a run may be counted to need.
    """

    def __init__(self, data_dir: Path, describer: Describer, hours: float, gib: float) -> None:
        self._here = Here(data_dir)
        self._describer = describer
        self._hours = hours
        self._gib = gib

    def check(self, study: Experiment, config: ExperimentConfig) -> None:
        """Refuse what is sure to take too long or too much; what cannot be counted is taken.

        Raises
        ------
        Problem
            422 that says how much it would take and what makes it less.
        """
        work = self._work(study, config) or Work()
        seconds = work.with_workers(work.lanes) / _IN_DOUBT
        if seconds > 3600 * self._hours:
            raise Problem(
                422,
                "The run would take too long",
                f"It would take {about(seconds)} or more, and a run may take {self._hours:g} hours "
                "here (PRUNELAB_MOST_HOURS). Epochs, seeds, criteria and sparsities multiply: "
                "reduce one of them.",
            )
        if work.memory > 2**30 * self._gib:
            raise Problem(
                422,
                "The run would need too much memory",
                f"It would need {work.memory / 2**30:,.3g} GiB or more, and a run may take "
                f"{self._gib:.3g} GiB here (PRUNELAB_MOST_GIB). Smaller batches, a smaller network "
                "or fewer images need less.",
            )

    def _work(self, study: Experiment, config: ExperimentConfig) -> Work | None:
        if study.work is None:
            return None
        try:
            return self._counted(study, config)
        except (CannotCountError, CannotRunError, UnknownNameError, OSError) as error:
            log.info("not counted: %s", error)
            return None

    def _counted(self, study: Experiment, config: ExperimentConfig) -> Work | None:
        assert study.work is not None
        try:
            return study.work(config, self._here)
        except NotDescribedError as error:
            batch = getattr(config, "batch_size", 0)
            if _epochs(config) < _MANY_EPOCHS and batch < _LARGE_BATCH:
                raise
            self._describer.ensure([error.of])
            return study.work(config, self._here)


def _epochs(config: ExperimentConfig) -> int:
    """How often a configuration goes over the images before it prunes, for all its seeds."""
    seeds = getattr(config, "seeds", 1)
    count = seeds if isinstance(seeds, int) else len(seeds)
    return int(getattr(config, "epochs", 0)) * count
