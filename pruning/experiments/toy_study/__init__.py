"""How well criteria prune, and from how few samples: the whole study of the toy networks."""

from __future__ import annotations

from collections.abc import Iterator

from pruning.context import Context
from pruning.criteria.base import criteria
from pruning.events import Event
from pruning.experiments.base import Part, divided_experiment
from pruning.experiments.toy_study.config import ToyStudyConfig
from pruning.experiments.toy_study.main_result import main_result
from pruning.experiments.toy_study.outputs import OUTPUTS, facts
from pruning.experiments.toy_study.parts import parts
from pruning.experiments.toy_study.work import work


@divided_experiment(
    "toy_study",
    title="Toy study",
    description="Which criterion finds the units that matter, and from how few samples? Prunes "
    "one network per dataset by every criterion over many draws of reference samples.",
    config=ToyStudyConfig,
    outputs=OUTPUTS,
    facts=facts,
    parts=parts,
    main_result=main_result,
    work=work,
)
def run_part(config: ToyStudyConfig, part: Part, context: Context) -> Iterator[Event]:
    """Do one part: ``DATASET/network``, ``DATASET/COUNT`` or, for ranks, ``DATASET/CRITERION``."""
    from pruning.experiments.toy_study.study import DatasetStudy
    from pruning.threads import one_thread

    dataset, _, what = part.name.partition("/")
    study = DatasetStudy(config, dataset, part.steps, context)
    with one_thread():
        if what == "network":
            yield from study.train()
        elif what in criteria.names():
            yield from study.compare_counts(what)
        else:
            yield from study.prune(int(what))
