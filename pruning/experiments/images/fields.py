"""The fields that every experiment on images has: what learns, from what, and how."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from pruning.data.image_base import ImageDatasetName, image_datasets
from pruning.data.places import data_directory
from pruning.experiments.base import ExperimentConfig
from pruning.experiments.fields import AsList, Distinct, ImageCount, Names, OrEmpty, refused, titled
from pruning.initial_weights.base import INITIAL, InitialWeightsName, initial_weights
from pruning.models.base import FIRST, OUTPUT, ModelName, models, no_such_layer
from pruning.structure.described import Described, NetworkDescription, kept_description
from pruning.training.optimisers import Training
from pruning.training.penalties.base import coefficients, penalties

Optimizer = Annotated[
    Literal["adam", "adamw", "sgd", "nesterov"],
    titled(adam="Adam", adamw="AdamW", sgd="SGD", nesterov="SGD, Nesterov"),
]
LearningRateSchedule = Annotated[
    Literal["constant", "step", "cosine"],
    titled(constant="Constant", step="Steps", cosine="Cosine"),
]
Keep = Annotated[
    Literal["lowest_loss", "best_accuracy", "last"],
    titled(
        lowest_loss="Lowest validation loss",
        best_accuracy="Best validation accuracy",
        last="Last",
    ),
]
Precision = Annotated[
    Literal["float32", "bfloat16"], titled(float32="float32", bfloat16="bfloat16")
]
LearningRate = Annotated[float, Field(gt=0, le=10)]
Augment = Annotated[
    bool,
    Field(
        title="Augmentation",
        description="Shift images at random while training, and mirror them where a mirrored "
        "image means the same.",
        json_schema_extra={"group": "Training"},
    ),
]
TrainingImages = Annotated[
    ImageCount,
    Field(
        title="Training images",
        description="Use only so many, drawn evenly from the classes; 0: all.",
        json_schema_extra={"group": "Training"},
    ),
]
TestImages = Annotated[
    ImageCount,
    Field(
        title="Test images",
        description="Use only so many, drawn evenly from the classes; 0: all.",
        json_schema_extra={"group": "Training"},
    ),
]


LatencyBatch = Annotated[
    int,
    Field(
        ge=1,
        le=1024,
        title="Latency batch",
        description="How many images go through the network at once when its latency is measured.",
    ),
]


def misnamed_layers(model: str, names: Iterable[str]) -> str | None:
    """Why one of these is no layer of a model, as far as that is known without building it."""
    return models[model].misnamed(names, (FIRST, OUTPUT))


def _as_texts(value: Any) -> Any:
    """Coefficients by name, as programs write them, as people do."""
    if isinstance(value, Mapping):
        return [f"{name}={coefficient}" for name, coefficient in value.items()]
    return value


def _of_penalties(texts: list[str]) -> list[str]:
    for name in coefficients(texts):
        if name in PenaltyFields.model_fields:
            raise ValueError(f"{name} has a field of its own")
    return texts


def _tell_penalties(schema: dict[str, Any]) -> None:
    """Those that are registered by now, besides those with a field of their own."""
    told = "; ".join(
        f"{each.name}: {each.description[:1].lower()}{each.description[1:].rstrip('.')}"
        for each in penalties
        if each.name not in PenaltyFields.model_fields
    )
    schema |= {"group": "Penalties", "x-placeholder": "none"}
    schema["description"] = f"NAME=COEFFICIENT, with commas between them. {told}."


class NetworkFields(ExperimentConfig):
    """What learns, and from which images."""

    # What people may write in place of a layer's name.
    layer_words: ClassVar[tuple[str, ...]] = (FIRST, OUTPUT)

    dataset: ImageDatasetName = Field(
        "digits",
        title="Dataset",
        description="What the network learns to recognise. The first works offline.",
        json_schema_extra={"group": "Network"},
    )
    model: ModelName = Field(
        "lenet-300-100",
        title="Model",
        description="The network that is pruned.",
        json_schema_extra={"group": "Network"},
    )

    def check_files(self) -> None:
        """The images, and whether the model takes them."""
        super().check_files()
        dataset = image_datasets[self.dataset]
        if dataset.missing:
            raise refused({"dataset": dataset.missing})
        if refusal := models[self.model].refusal(dataset.shape):
            raise refused({"model": refusal})
        self._check_layers()

    @property
    def named_layers(self) -> dict[str, list[str]]:
        """The names of layers that people have written, by the field."""
        return {}

    def network(self) -> NetworkDescription | None:
        """What the network is made of, if it has been described here."""
        data_dir, dataset = data_directory(), image_datasets[self.dataset]
        described = Described(self.model, dataset.shape, len(dataset.classes))
        return kept_description(described, data_dir) if data_dir else None

    def _check_layers(self) -> None:
        """The layers that are named, where only the network itself knows them."""
        if not (found := self.network()):
            return
        known, told = {*found.names, *self.layer_words}, {}
        for field, names in self.named_layers.items():
            for name in set(names) - known:
                told[field] = no_such_layer(models[self.model].title, name, found.names)
        if told:
            raise refused(told)

    @model_validator(mode="after")
    def _takes_images(self) -> Self:
        dataset = image_datasets[self.dataset]
        refusal = models[self.model].refusal(dataset.shape)
        # Of what people bring other images may have the name by now: a recipe or a stored run is
        # understood all the same.
        if refusal and not dataset.brought:
            raise ValueError(refusal)
        return self


class LearningFields(NetworkFields):
    """How networks are trained, whatever their weights are penalised for."""

    def check_files(self) -> None:
        """The images, and whether the network takes them that training starts from."""
        super().check_files()
        start, dataset = initial_weights[self.start], image_datasets[self.dataset]
        if self.dataset not in start.needs.get("dataset", [self.dataset]):
            told = (
                f"{start.title} takes other images or has other classes than {dataset.title}: "
                "choose another starting point, or the dataset that it was trained on"
            )
            raise refused({"start": told})

    start: InitialWeightsName = Field(
        INITIAL,
        title="Start from",
        description="Initial weights, a network that was trained here before, or a safetensors "
        "file in the folder weights of the data directory. With 0 epochs it is pruned as it is.",
        json_schema_extra={"group": "Training"},
    )
    epochs: int = Field(
        20,
        ge=0,
        le=10_000,
        title="Epochs",
        description="How often training passes over the training set.",
        json_schema_extra={"group": "Training"},
    )
    batch_size: int = Field(
        64,
        ge=1,
        le=10_000,
        title="Batch size",
        description="Images per step of training.",
        json_schema_extra={"group": "Training"},
    )
    optimizer: Optimizer = Field(
        "adam",
        title="Optimizer",
        description="How the weights follow the gradient; SGD has a momentum of 0.9, plain or with "
        "Nesterov's correction.",
        json_schema_extra={"group": "Training"},
    )
    learning_rate: LearningRate = Field(
        0.001,
        title="Learning rate",
        description="Of the first step.",
        json_schema_extra={"group": "Training"},
    )
    learning_rate_schedule: LearningRateSchedule = Field(
        "constant",
        title="Learning rate schedule",
        description="Constant; divided by ten after half and three quarters of the epochs; or "
        "falling to zero along half a cosine.",
        json_schema_extra={"group": "Training"},
    )
    weight_decay: float = Field(
        0,
        ge=0,
        le=1,
        title="Weight decay",
        description="The optimizer's own; of sgd and adam it is half an L2 penalty on all "
        "parameters, of adamw it is decoupled.",
        json_schema_extra={"group": "Training"},
    )
    augment: Augment = False
    precision: Precision = Field(
        "float32",
        title="Precision",
        description="Of products and convolutions in training. bfloat16, of 16 bits, is faster on "
        "processors that multiply such numbers, as GPUs do and newer CPUs; weights, losses and all "
        "that is measured have 32 bits.",
        json_schema_extra={"group": "Training"},
    )
    validation: float = Field(
        0.15,
        ge=0,
        le=0.5,
        title="Validation share",
        description="The share of training images held out, to choose by. Of them comes which "
        "epoch is kept, and which network is given away.",
        json_schema_extra={"group": "Training"},
    )
    training_images: TrainingImages = 0
    test_images: TestImages = 0

    @model_validator(mode="after")
    def _starts_from_its_own(self) -> Self:
        start = initial_weights[self.start]
        if start.model not in (None, self.model):
            raise ValueError(
                f"{start.title} holds the weights of another model; "
                f"choose {models[str(start.model)].title}, or another starting point"
            )
        return self


class PenaltyFields(NetworkFields):
    """What is added to the loss that depends on weights alone."""

    l1: float = Field(
        0,
        ge=0,
        le=1,
        title="L1 penalty",
        description="Times the sum of |w| over all weights, added to the loss.",
        json_schema_extra={"group": "Penalties"},
    )
    l2: float = Field(
        0,
        ge=0,
        le=1,
        title="L2 penalty",
        description="Times the sum of w² over all weights, added to the loss.",
        json_schema_extra={"group": "Penalties"},
    )
    norm_l1: float = Field(
        0,
        ge=0,
        le=1,
        title="L1 penalty on norm scales",
        description="Times the sum of |γ| over the scales of batch norms, added to the loss: what "
        "Network Slimming trains with before it prunes by these scales (1e-4 for VGG, 1e-5 for "
        "ResNets).",
        json_schema_extra={"group": "Penalties"},
    )
    penalties: Annotated[
        Names, OrEmpty, AsList, BeforeValidator(_as_texts), AfterValidator(_of_penalties)
    ] = Field([], title="Other penalties", json_schema_extra=_tell_penalties)
    spared: Annotated[Names, OrEmpty, AsList, Distinct] = Field(
        [],
        title="Layers without penalties",
        description="Layers whose weights are left alone: their names, or first and output.",
        json_schema_extra={"group": "Penalties", "x-placeholder": "none", "x-layers": True},
    )

    @property
    def named_layers(self) -> dict[str, list[str]]:
        """The names of layers that people have written, by the field."""
        return {"spared": self.spared}

    @model_validator(mode="after")
    def _spares_its_layers(self) -> Self:
        if told := misnamed_layers(self.model, self.spared):
            raise refused({"spared": told})
        return self

    @model_validator(mode="after")
    def _has_norms(self) -> Self:
        if self.norm_l1 and not models[self.model].norms:
            raise ValueError(
                f"{models[self.model].title} has no batch norms whose scales could be penalised: "
                "set that penalty to 0, or choose a model with batch norm"
            )
        return self


class TrainingFields(PenaltyFields, LearningFields):
    """How the dense networks are trained.

    Fields of an experiment's own stand between these and those of the network where its
    configuration names a class with them between the two: ``(TrainingFields, OwnFields,
    NetworkFields)``.
    """

    keep: Keep = Field(
        "lowest_loss",
        title="Epoch kept",
        description="With the weights of which epoch training ends. Without held-out images it is "
        "the last.",
        json_schema_extra={"group": "Training"},
    )

    def training(self, seed: int) -> Training:
        """How the dense network of a seed is trained."""
        return Training(
            epochs=self.epochs,
            batch_size=self.batch_size,
            learning_rate=self.learning_rate,
            optimizer=self.optimizer,
            learning_rate_schedule=self.learning_rate_schedule,
            l1=self.l1,
            l2=self.l2,
            norm_l1=self.norm_l1,
            penalties=tuple(coefficients(self.penalties).items()),
            spared=tuple(self.spared),
            weight_decay=self.weight_decay,
            augment=self.augment,
            keep=self.keep if self.validation else "last",
            seed=seed,
            precision=self.precision,
        )
