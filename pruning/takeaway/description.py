"""What is told of a network that is given away; importable without torch."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from pruning.takeaway.using import NORMALISED, FileUse


class Description(BaseModel):
    """What there is to know of a network beside its weights.

    Attributes
    ----------
    model
        The name of the registered model that it came from.
    shape
        Of one image: channels, height, width.
    classes
        Their names, in the order of the outputs.
    files
        How each of the files is used: of the weights images have to be normalised first, with mean
        and standard deviation, networks in other formats do that themselves.
    input
        What the network takes that is built of the weights, in words.
    images
        What was done to the images of the dataset when they were brought, in sentences: images of
        files need the same before a network can take them.
    mean, sd
        Per channel, on a scale from 0 to 1.
    widths
        How many outputs each convolution and linear layer has.
    criterion, granularity, sparsity
        How it was pruned, and the share that is gone; None and 0 for a network that was not.
    seed
        That it was trained and pruned with; None where that is not said.
    budget
        What that is a share of, where units went; of single weights it is a share of these.
    measures
        Whatever was measured of it, such as its test accuracy.
    chosen_on
        The images by which it was chosen among others, validation or test.
    validation_accuracy
        On the validation images, from 0 to 1, where that is known.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal["prunelab-network-1"] = "prunelab-network-1"
    model: str
    dataset: str
    shape: tuple[int, int, int]
    classes: tuple[str, ...]
    files: tuple[FileUse, ...] = ()
    input: str = NORMALISED
    images: tuple[str, ...] = ()
    mean: tuple[float, ...]
    sd: tuple[float, ...]
    widths: dict[str, int]
    criterion: str | None = None
    granularity: str | None = None
    sparsity: float = 0.0
    seed: int | None = None
    budget: str = "units"
    measures: dict[str, float] = Field(default_factory=dict)
    chosen_on: Literal["validation", "test"] | None = None
    validation_accuracy: float | None = None
