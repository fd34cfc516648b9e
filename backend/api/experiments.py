"""What can be run, and with which configuration."""

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from backend.api.dependencies import ServicesOf
from backend.estimates import RunEstimate
from backend.problems import problem_answers
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


class EstimateRequest(BaseModel):
    """What an estimate is wanted of."""

    model_config = ConfigDict(extra="forbid")

    config: dict[str, Any] = Field(
        default_factory=dict,
        description="A configuration as `POST /api/runs` takes it.",
        examples=[{"dataset": "circle", "criteria": ["lrp", "weight"]}],
    )


@router.post("/{name}/estimate", responses=problem_answers(404, 422))
def estimate(name: str, request: EstimateRequest, services: ServicesOf) -> RunEstimate:
    """How long a run would take, and what tells so; nothing is started."""
    return services.estimates.asked(name, request.config)
