"""How an experiment is carried out: by a worker, by the command line, by a notebook."""

from __future__ import annotations

import logging
from collections.abc import Iterator

from pruning.context import CancelledError, CannotRunError, Context
from pruning.events import End, Event
from pruning.experiments.base import Experiment, ExperimentConfig, Part
from pruning.recipes.published import beside_published

log = logging.getLogger(__name__)


def execute(
    study: Experiment, config: ExperimentConfig, context: Context, part: Part | None = None
) -> Iterator[Event]:
    """Carry out ``study``, or one part of it.

    The last event is the only :class:`End`, whatever happens. Where the configuration is that of
    a recipe, what was published stands beside what comes out.
    """
    try:
        for event in beside_published(study, config, _events(study, config, context, part)):
            yield event
            if context.cancelled():
                yield End(status="cancelled")
                return
    except CancelledError:
        yield End(status="cancelled")
    except CannotRunError as error:
        yield End(status="failed", error=str(error))
    except Exception as error:
        log.exception("the experiment %s failed", study.name)
        yield End(status="failed", error=f"{type(error).__name__}: {error}")
    else:
        yield End(status="done")


def _events(
    study: Experiment, config: ExperimentConfig, context: Context, part: Part | None
) -> Iterator[Event]:
    if part is None or study.division is None:
        return study.run(config, context)
    return study.division.run_one(config, part, context)
