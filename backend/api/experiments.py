"""What can be run, and with which configuration."""

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel

from pruning.experiments.base import Experiment, Queue, experiments

router = APIRouter(prefix="/experiments", tags=["experiments"])


class ExperimentDescription(BaseModel):
    """An experiment and the JSON schema of its configuration."""

    name: str
    title: str
    description: str
    queue: Queue
    offered: bool
    config_schema: dict[str, Any]

    @classmethod
    def of(cls, study: Experiment) -> "ExperimentDescription":
        """Describe ``study``."""
        return cls(
            name=study.name,
            title=study.title,
            description=study.description,
            queue=study.queue,
            offered=study.offered,
            config_schema=study.config.model_json_schema(),
        )


@router.get("")
def list_experiments() -> list[ExperimentDescription]:
    """All experiments with the schemas that the forms come from."""
    return [ExperimentDescription.of(study) for study in experiments]
