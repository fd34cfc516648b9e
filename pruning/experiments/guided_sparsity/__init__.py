"""Training towards few units, with some kept alive (``guided_sparsity``)."""

from __future__ import annotations

from collections.abc import Iterator

from pruning.context import Context
from pruning.events import Event
from pruning.experiments.base import Part, divided_experiment
from pruning.experiments.guided_sparsity.config import GuidedSparsityConfig
from pruning.experiments.guided_sparsity.main_result import main_result
from pruning.experiments.guided_sparsity.outputs import OUTPUTS, facts
from pruning.experiments.guided_sparsity.parts import parts
from pruning.experiments.guided_sparsity.work import work


@divided_experiment(
    "guided_sparsity",
    title="Guided sparsity",
    description="Train the same network under several penalties side by side, and see which units "
    "stay alive, what accuracy costs, and how much smaller and faster the network gets.",
    config=GuidedSparsityConfig,
    outputs=OUTPUTS,
    facts=facts,
    parts=parts,
    main_result=main_result,
    work=work,
)
def run_part(config: GuidedSparsityConfig, part: Part, context: Context) -> Iterator[Event]:
    """Do one part, as :func:`.parts.parts` names them."""
    from pruning.data.image_base import image_datasets
    from pruning.experiments.guided_sparsity.study import Study

    images = yield from image_datasets[config.dataset].load(context.data_dir)
    study = Study(config, images, part.steps, context)
    stage, _, seed = part.name.partition("/")
    if stage == "race":
        yield from study.race(int(seed))
    else:
        yield from study.compare()
