"""The settings of an input selection."""

from __future__ import annotations

from math import inf
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from pruning.context import CannotRunError
from pruning.data.image_base import image_datasets
from pruning.data.limits import NAME_LENGTH
from pruning.data.places import data_directory
from pruning.experiments.fields import (
    AsList,
    AsNumber,
    AsNumbers,
    Distinct,
    OrEmpty,
    OrNone,
    Seed,
    refused,
    titled,
)
from pruning.experiments.images.fields import (
    Augment,
    LearningRate,
    NetworkFields,
    Precision,
    TestImages,
    TrainingImages,
)
from pruning.experiments.images.steps import steps_per_epoch
from pruning.experiments.input_selection.fitting import (
    granularity_misfit,
    head_misfit,
    qualities_misfit,
    removal_misfit,
    removed_misfit,
    temperature_misfit,
    thumbnails_misfit,
)
from pruning.inputs.granularity import parse_granularity
from pruning.inputs.importance_files import checked_name, importance_files, kept_importances
from pruning.inputs.names import HeadField
from pruning.training.optimisers import Training

Kind = Literal["static", "dynamic", "given", "random"]
KINDS: dict[Kind, str] = {
    "static": "Static",
    "dynamic": "Dynamic",
    "given": "Given",
    "random": "Random",
}
KindName = Annotated[Kind, titled(**KINDS)]
# Masks that are learned, and so have a temperature and a weight in the loss.
LEARNED: tuple[Kind, ...] = ("static", "dynamic")
Side = Annotated[int, Field(ge=1, le=1024)]
Quality = Annotated[int, Field(ge=1, le=100)]
Decay = Annotated[float, Field(ge=0, le=1)]


def _known_granularity(text: str) -> str:
    parse_granularity(text)
    return text


def _offer_files(schema: dict[str, Any]) -> None:
    """Those that there are now; a stored run may name one that is gone."""
    data_dir = data_directory()
    schema |= {"group": "Mask", "x-placeholder": "random forests", "x-upload": "importances"}
    schema["x-files"] = [file.name for file in importance_files(data_dir)] if data_dir else []


GranularityName = Annotated[str, Field(max_length=20), AfterValidator(_known_granularity)]
FileName = Annotated[str, Field(max_length=NAME_LENGTH), AfterValidator(checked_name)]


class MaskFields(NetworkFields):
    """Which inputs may go, and how it is found out which do."""

    kinds: Annotated[list[KindName], AsList, Distinct] = Field(
        ["static", "dynamic", "given", "random"],
        min_length=1,
        title="Masks",
        description="Static: one mask for all images, learned. Dynamic: a small network looks at "
        "each image and says what of it to send, learned. Given: the least important inputs go "
        "first, as a random forest or a file tells. Random: any go first.",
        json_schema_extra={"group": "Mask"},
    )
    granularity: GranularityName = Field(
        "subpixel",
        title="Granularity",
        description="What is sent or kept back together: subpixel (each channel of each pixel), "
        "pixel, channel, version (the whole image), or a grid such as 12x12 of equal blocks, and "
        "sub12x12 for each channel.",
        json_schema_extra={"group": "Mask"},
    )
    head: HeadField = Field(
        "linear",
        title="Head",
        description="Dynamic masks: the network that looks at an image and says what to send.",
        json_schema_extra={"group": "Mask"},
    )
    head_size: Annotated[Side | None, OrNone] = Field(
        None,
        title="Head's thumbnail",
        description="Dynamic masks: the head sees the image pooled to so many pixels a side. "
        "Empty: all of it.",
        json_schema_extra={"group": "Mask", "x-placeholder": "the whole image"},
    )
    thumbnails: Annotated[list[Side], AsNumbers, OrEmpty, Distinct] = Field(
        [],
        max_length=10,
        title="Thumbnails",
        description="Learned masks: sides of smaller copies, in pixels, of which the mask may "
        "choose one in place of the image. Empty: none.",
        json_schema_extra={"group": "Mask", "x-format": "numbers"},
    )
    jpeg_qualities: Annotated[list[Quality], AsNumbers, OrEmpty, Distinct] = Field(
        [],
        max_length=10,
        title="JPEG qualities",
        description="Learned masks: qualities of JPEG copies, of which the mask may choose one in "
        "place of the image; what it costs are the bytes of these very images. Empty: none.",
        json_schema_extra={"group": "Mask", "x-format": "numbers"},
    )
    logit_init: float = Field(
        3.0,
        ge=-10,
        le=10,
        title="Initial logit",
        description="Learned masks: where the logits of the elements start; 3 sends all of them.",
        json_schema_extra={"group": "Mask"},
    )
    importances: Annotated[FileName | None, OrNone] = Field(
        None,
        title="Importances",
        description="Given masks: a .npy file of your own with a number for every pixel; the "
        "lowest go first. Empty: those of random forests, computed here.",
        json_schema_extra=_offer_files,
    )
    remove_elements: int = Field(
        1,
        ge=1,
        le=100_000,
        title="Remove at once",
        description="Given and random masks: so many elements go at a time.",
        json_schema_extra={"group": "Mask"},
    )
    remove_every: int = Field(
        5,
        ge=1,
        le=100_000,
        title="Remove every",
        description="Given and random masks: so many steps of training lie between two removals; "
        "the published code has 1, its studies 245 and 48.",
        json_schema_extra={"group": "Mask"},
    )


class WeightFields(MaskFields):
    """How much the share that is sent counts beside the accuracy."""

    lambda_init: float = Field(
        1.0,
        ge=1e-6,
        le=1e6,
        title="λ at first",
        description="How much the share of the input that is sent, Q, counts in the loss beside "
        "the cross-entropy.",
        json_schema_extra={"group": "Loss"},
    )
    lambda_factor: float = Field(
        1.25,
        ge=1,
        le=100,
        title="λ grows by",
        description="λ is multiplied by this once Q no longer falls.",
        json_schema_extra={"group": "Loss"},
    )
    lambda_threshold: float = Field(
        0.0025,
        ge=0,
        le=1,
        title="λ's threshold",
        description="Q falls while it becomes smaller by at least so much.",
        json_schema_extra={"group": "Loss"},
    )
    lambda_patience: int = Field(
        5,
        ge=0,
        le=1000,
        title="λ's patience",
        description="For more epochs than these Q has to stand still before λ grows.",
        json_schema_extra={"group": "Loss"},
    )
    tau_init: float = Field(
        1.0,
        gt=0,
        le=100,
        title="τ at first",
        description="The temperature that logits are divided by. It returns to this when λ grows.",
        json_schema_extra={"group": "Loss"},
    )
    tau_factor: float = Field(
        1.0,
        gt=0,
        le=1,
        title="τ falls by",
        description="τ is multiplied by this after every epoch in which λ does not grow.",
        json_schema_extra={"group": "Loss"},
    )
    tau_min: float = Field(
        1.0,
        gt=0,
        le=100,
        title="Smallest τ",
        description="τ does not fall below this.",
        json_schema_extra={"group": "Loss"},
    )
    input_drop_upscaling: bool = Field(
        True,
        title="Upscaling",
        description="Divide what is left of an image by the share that is left, as dropout does.",
        json_schema_extra={"group": "Loss"},
    )


class InputSelectionConfig(WeightFields):
    """The settings of one run."""

    epochs: int = Field(
        40,
        ge=1,
        le=10_000,
        title="Epochs",
        description="How often training passes over the training set, with the mask in front of "
        "the network.",
        json_schema_extra={"group": "Training"},
    )
    use_warmup_net: bool = Field(
        True,
        title="Trained network first",
        description="Learned masks: start with a network that was trained on whole images. Others "
        "start with initial weights.",
        json_schema_extra={"group": "Training"},
    )
    warmup_epochs: int = Field(
        20,
        ge=1,
        le=10_000,
        title="Epochs before",
        description="How long that network is trained; one that was trained so before is taken.",
        json_schema_extra={"group": "Training"},
    )
    batch_size: int = Field(
        128,
        ge=1,
        le=10_000,
        title="Batch size",
        description="Images per step of training.",
        json_schema_extra={"group": "Training"},
    )
    learning_rate: LearningRate = Field(
        0.001,
        title="Learning rate",
        description="Of the network.",
        json_schema_extra={"group": "Training"},
    )
    mask_learning_rate: LearningRate = Field(
        0.05,
        title="Mask's learning rate",
        description="Of the logits of static masks. The published code has 0.001, with which "
        "logits need thousands of steps to fall.",
        json_schema_extra={"group": "Training"},
    )
    head_learning_rate: LearningRate = Field(
        0.003,
        title="Head's learning rate",
        description="Of the small network that looks at images. A step of it moves the logits of "
        "all that it sees at once, so that it takes much less than a mask's.",
        json_schema_extra={"group": "Training"},
    )
    weight_decay: Decay = Field(
        1e-4,
        title="Weight decay",
        description="Of the network.",
        json_schema_extra={"group": "Training"},
    )
    mask_weight_decay: Decay = Field(
        1e-7,
        title="Mask's weight decay",
        description="Of the logits, or of the head.",
        json_schema_extra={"group": "Training"},
    )
    augment: Augment = False
    precision: Precision = Field(
        "float32",
        title="Precision",
        description="Of the network's products and convolutions in training; masks, losses and all "
        "that is measured have 32 bits. bfloat16 is faster on GPUs and newer CPUs.",
        json_schema_extra={"group": "Training"},
    )
    validation: float = Field(
        0.15,
        ge=0,
        le=0.5,
        title="Validation share",
        description="The share of training images held out: by them the best epoch in every "
        "interval of Q is chosen.",
        json_schema_extra={"group": "Training"},
    )
    training_images: TrainingImages = 0
    test_images: TestImages = 0
    seeds: Annotated[list[Seed], AsNumbers, Distinct] = Field(
        [0, 1, 2],
        min_length=1,
        max_length=50,
        title="Repeats",
        description="A seed for each repeat of everything.",
        json_schema_extra={"group": "Training", "x-format": "numbers"},
    )
    stop_below: Annotated[Annotated[float, AsNumber, Field(gt=0, lt=1)] | None, OrNone] = Field(
        None,
        title="Stop below",
        description="Training ends once less than this share of the input is sent. Empty: it never "
        "ends early.",
        json_schema_extra={"group": "Training", "x-placeholder": "never"},
    )

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if messages := {name: message for name, message in self._misfits().items() if message}:
            raise refused(messages)
        return self

    def _misfits(self) -> dict[str, str | None]:
        """By the field to change, why this fits neither the images nor itself."""
        shape = image_datasets[self.dataset].shape
        ranked = [KINDS[kind].lower() for kind in self.kinds if kind not in LEARNED]
        has_choice = self.has_versions or "dynamic" in self.kinds
        found = {
            "granularity": granularity_misfit(self.granularity, shape, ranked, has_choice),
            "thumbnails": thumbnails_misfit(self.thumbnails, shape),
            "jpeg_qualities": qualities_misfit(self.jpeg_qualities, shape),
            "tau_min": temperature_misfit(self.tau_init, self.tau_min),
            "remove_every": removal_misfit(self.remove_every, self._steps()) if ranked else None,
        }
        if ranked and found["granularity"] is None:
            found["remove_elements"] = removed_misfit(self.remove_elements, self.granularity, shape)
        if "dynamic" in self.kinds and found["granularity"] is None:
            found["head_size"] = head_misfit(self.head, self.granularity, shape, self.head_size)
        return found

    def _steps(self) -> float:
        """Of a training behind a mask; without end where nobody knows before the images."""
        steps = steps_per_epoch(self)
        return inf if steps is None else self.epochs * steps

    def check_files(self) -> None:
        """The images, and the file of importances, if masks are given by one."""
        super().check_files()
        data_dir = data_directory()
        if self.importances and data_dir and "given" in self.kinds:
            try:
                kept_importances(self.importances, data_dir, image_datasets[self.dataset].shape)
            except CannotRunError as error:
                raise refused({"importances": str(error)}) from error

    @property
    def has_versions(self) -> bool:
        """Whether a mask may choose among versions of an image."""
        return bool(set(self.kinds) & set(LEARNED) and (self.thumbnails or self.jpeg_qualities))

    @property
    def start(self) -> str:
        """Networks start from initial weights."""
        from pruning.initial_weights.base import INITIAL

        return INITIAL

    def training(self, seed: int) -> Training:
        """How the network of a seed is trained on whole images, before there is a mask."""
        return Training(
            epochs=self.warmup_epochs,
            batch_size=self.batch_size,
            learning_rate=self.learning_rate,
            optimizer="adamw",
            weight_decay=self.weight_decay,
            augment=self.augment,
            precision=self.precision,
            keep="lowest_loss" if self.validation else "last",
            seed=seed,
        )
