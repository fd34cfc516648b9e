"""Operating points: networks of sweeps that people choose, each made again by a run of its own."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from backend.problems import Problem, invalid
from backend.run_model import Run
from backend.runs import Runs
from pruning.context import CannotRunError
from pruning.experiments.base import config_hash
from pruning.experiments.fields import Seed
from pruning.experiments.operating_point.asked import AskedPoint, point_of
from pruning.experiments.operating_point.config import OperatingPointConfig

OF = "sweep"
_MAKES = "operating_point"


class PointRequest(BaseModel):
    """Which network of a sweep is meant, and how it goes on."""

    model_config = ConfigDict(extra="forbid")

    criterion: str = Field(
        description="As in the table of every network, where controls have names of their own.",
        examples=["weight"],
    )
    granularity: str = Field(description="Likewise.", examples=["unit"])
    seed: Seed = Field(0, description="One of the sweep's seeds.")
    sparsity: Annotated[float, Field(ge=0, lt=1)] = Field(
        description="One of the sweep's sparsities; 0: the dense network.", examples=[0.8]
    )
    further_epochs: int = Field(0, ge=0, le=1000, description="Epochs of fine-tuning from there.")
    further_learning_rate: float | None = Field(
        None, gt=0, le=10, description="Of these; else a tenth of the training's."
    )


class OperatingPoints:
    """Submits runs that make a network of another run again."""

    def __init__(self, runs: Runs) -> None:
        self._runs = runs

    def submit(self, run_id: str, asked: PointRequest) -> tuple[Run, bool]:
        """The run that makes this network, and whether it is new: an equal one is not repeated.

        Raises
        ------
        Problem
            404 for a run that does not exist, 422 for one that is no sweep or has no such network,
            503 if nobody could take the new run.
        """
        config = self._config(self._source(run_id), asked)
        known = self._runs.of_configuration(config_hash(_MAKES, config))
        for run in known:
            if run.status not in ("failed", "cancelled") and not run.cancel_requested:
                return run, False
        return self._runs.submit(_MAKES, config.model_dump(mode="json")), True

    def _source(self, run_id: str) -> Run:
        run = self._runs.get(run_id)
        if run.experiment != OF:
            detail = f"{run_id} is a run of {run.experiment}; name one of {OF}."
            raise Problem(422, "This run has no operating points", detail)
        return run

    def _config(self, run: Run, asked: PointRequest) -> OperatingPointConfig:
        result, _ = self._runs.light_result(run.id)
        try:
            return point_of(run.config, result, AskedPoint(**asked.model_dump()))
        except CannotRunError as error:
            message = str(error)
            detail = f"{message[0].upper()}{message[1:]}."
            raise Problem(422, "There is no such network", detail) from error
        except ValidationError as error:
            raise invalid(error) from error
