"""Which mask is applied to which images."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from pruning.experiments.base import ExperimentConfig
from pruning.experiments.fields import AsNumber, OrNone, Seed, Upload
from pruning.experiments.input_selection.config import KindName

RunId = Annotated[str, Field(pattern=r"^\w+$", max_length=40)]


class AppliedMaskConfig(ExperimentConfig):
    """The settings of one run; submitting images to a finished run fills them in."""

    run: Annotated[RunId | None, OrNone] = Field(
        None,
        title="Run",
        description="The id of the input selection that has learned the mask.",
    )
    kind: KindName = Field("static", title="Mask", description="Which of the run's masks.")
    at: Annotated[Annotated[float, AsNumber, Field(ge=0, le=1)] | None, OrNone] = Field(
        None,
        title="At most Q",
        description="The best checkpoint that sends at most this share of the input. Empty: the "
        "best of all.",
        json_schema_extra={"x-placeholder": "any"},
    )
    repeat: Seed = Field(0, title="Repeat", description="Of this repeat of the run.")
    upload: Upload = Field(
        None,
        title="Upload",
        description="The images, by the name under which they were kept when they were uploaded.",
    )
