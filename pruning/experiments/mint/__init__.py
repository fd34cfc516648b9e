"""What neighbouring layers tell each other, and what may go (``mint``)."""

from __future__ import annotations

from collections.abc import Iterator

from pruning.context import Context
from pruning.events import Event
from pruning.experiments.base import Part, divided_experiment
from pruning.experiments.mint.config import MintConfig
from pruning.experiments.mint.main_result import main_result
from pruning.experiments.mint.outputs import OUTPUTS, facts
from pruning.experiments.mint.parts import parts
from pruning.experiments.mint.work import work


@divided_experiment(
    "mint",
    title="Mutual information (MINT)",
    description="Score how much each group of filters tells each group of the next layer, remove "
    "the blocks of weights between those that share least, and train again.",
    config=MintConfig,
    outputs=OUTPUTS,
    facts=facts,
    parts=parts,
    main_result=main_result,
    work=work,
)
def run_part(config: MintConfig, part: Part, context: Context) -> Iterator[Event]:
    """Do one part, as :func:`.parts.parts` names them."""
    from pruning.data.image_base import image_datasets
    from pruning.experiments.mint.study import Study

    images = yield from image_datasets[config.dataset].load(context.data_dir)
    study = Study(config, images, part.steps, context)
    stage, _, which = part.name.partition("/")
    match stage:
        case "network":
            yield from study.train(int(which))
        case "scores":
            seed, place = which.split("/")
            yield from study.score(int(seed), int(place))
        case "variant":
            [variant] = [each for each in config.variants if each == which]
            yield from study.prune(variant)
        case "groups":
            yield from study.ablate(config.main._replace(groups=int(which)))
        case "samples":
            yield from study.ablate(config.main._replace(samples=int(which)))
