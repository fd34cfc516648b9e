"""Every kind of field gets the control that suits it, from the schema alone."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import dash_mantine_components as dmc
import pytest
from pydantic import Field

from frontend.components.schema_form import control, entered, groups, groups_of, schema_form
from frontend.schemas import field_names
from pruning.criteria.base import CriterionName, criteria
from pruning.data.base import DatasetName, datasets
from pruning.experiments.base import ExperimentConfig, experiments
from pruning.experiments.fields import AsList, AsNumber, AsNumbers


class Everything(ExperimentConfig):
    """One field of each kind."""

    dataset: DatasetName = Field("circle", title="Dataset", json_schema_extra={"group": "Data"})
    criteria: Annotated[list[CriterionName], AsList] = Field(["lrp"], title="Criteria")
    device: Literal["cpu", "gpu"] = "cpu"
    dropout: bool = True
    layers: int = Field(3, ge=1, le=9, title="Layers", description="How many.")
    noise: float | None = Field(None, ge=0, le=0.5, title="Noise")
    rate: float = Field(0.1, gt=0)
    sparsities: Annotated[list[float], AsNumbers] = Field([0.0, 1 / 3])
    label: str = "a name"
    layers_left: Annotated[list[str], AsList] = Field(["output"])
    share: Annotated[float, AsNumber] = Field(1 / 3, json_schema_extra={"x-format": "fraction"})


@pytest.fixture
def fields() -> dict[str, Any]:
    return {name: s for fields in groups(Everything).values() for name, s in fields.items()}


def inner(component: Any) -> Any:
    """The control in its wrapper."""
    return next(part for part in component._traverse() if getattr(part, "id", {}) == field_id(part))


def field_id(part: Any) -> Any:
    found = getattr(part, "id", None)
    return found if isinstance(found, dict) and found["type"] == "field" else object()


def test_many_names_become_a_list_to_open(fields):
    wrapper = control("dataset", fields["dataset"], {})
    select = inner(wrapper)
    assert isinstance(select, dmc.Select)
    assert [choice["value"] for choice in select.data] == datasets.names()
    assert select.value == "circle"
    assert wrapper.label == "Dataset"
    assert wrapper.id == {"type": "mark", "name": "dataset"}


FILES = {
    "type": "string",
    "title": "A file",
    "nullable": True,
    "x-files": ["mine.npy"],
    "x-upload": "importances",
    "x-placeholder": "none",
}


def test_a_field_of_files_offers_those_that_there_are_and_takes_another():
    made = control("file", FILES, {"file": None})
    select = inner(made)
    assert isinstance(select, dmc.Select)
    assert (select.data, select.value, select.clearable) == (["mine.npy"], None, True)
    [upload] = [part for part in made._traverse() if getattr(part, "data-upload", None)]
    assert getattr(upload, "data-upload") == "importances"
    assert getattr(upload, "data-field") == "file"


def test_a_file_that_is_gone_is_still_seen_where_a_run_names_it():
    select = inner(control("file", FILES, {"file": "gone.npy"}))
    assert (select.data, select.value) == (["mine.npy", "gone.npy"], "gone.npy")


def test_few_short_names_stand_beside_each_other(fields):
    choice = inner(control("device", fields["device"], {}))
    assert isinstance(choice, dmc.SegmentedControl)
    assert [item["label"] for item in choice.data] == ["Cpu", "Gpu"]


def test_yes_or_no_is_a_choice_that_the_model_reads(fields):
    choice = inner(control("dropout", fields["dropout"], {}))
    assert choice.value == "true"
    assert [item["label"] for item in choice.data] == ["Off", "On"]
    assert Everything(dropout="false").dropout is False


def test_several_names_become_chips_in_the_colours_of_the_criteria(fields):
    chips = inner(control("criteria", fields["criteria"], {}))
    assert isinstance(chips, dmc.ChipGroup)
    assert chips.multiple
    assert chips.value == ["lrp"]
    values = [part.value for part in chips._traverse() if isinstance(part, dmc.Chip)]
    assert sorted(values) == sorted(name for name in criteria.names() if name != "taylor")
    coloured = [part for part in chips._traverse() if getattr(part, "className", "") == "swatch"]
    assert len(coloured) == len(values)


def test_what_a_stored_run_has_is_seen_though_it_is_not_offered_any_more(fields):
    def shown(value: list[str]) -> list[str]:
        chips = inner(control("criteria", fields["criteria"], {"criteria": value}))
        return [part.value for part in chips._traverse() if isinstance(part, dmc.Chip)]

    assert "taylor" not in shown(["lrp"])
    assert "taylor" in shown(["lrp", "taylor"])
    assert "no such criterion" not in shown(["lrp", "no such criterion"])


def test_a_dataset_that_is_to_be_brought_is_seen_where_something_names_it():
    schema = groups(experiments["sweep"].config)["Network"]["dataset"]

    def shown(value: str) -> list[str]:
        return [
            each["value"] for each in inner(control("dataset", schema, {"dataset": value})).data
        ]

    assert "imagenet" not in shown("digits")
    assert shown("imagenet") == [*shown("digits"), "imagenet"]


def test_criteria_that_score_the_same_things_stand_together(fields):
    chips = inner(control("criteria", fields["criteria"], {}))
    parts = [getattr(part, "children", None) for part in chips.children]
    units_only = parts.index("Units only")
    assert parts[0] == "Weights and units"
    for place, chip in enumerate(chips.children):
        for part in chip._traverse():
            if isinstance(part, dmc.Chip):
                able = criteria[part.value].granularities
                assert ("weight" in able) == (place < units_only)


def test_granularities_are_no_criteria_though_one_has_the_name_of_one():
    chips = control("of", {"type": "array", "items": {"enum": ["weight", "unit"]}}, {"of": []})
    parts = list(chips._traverse())
    assert sum(isinstance(part, dmc.Chip) for part in parts) == 2
    assert not any(getattr(part, "className", "") == "swatch" for part in parts)


def test_a_list_of_names_is_written_with_commas(fields):
    text = control("layers_left", fields["layers_left"], {"layers_left": ["output", "first"]})
    assert isinstance(text, dmc.TextInput)
    assert text.value == "output, first"
    assert Everything(layers_left=text.value).layers_left == ["output", "first"]


def test_a_number_is_a_text_that_says_what_it_is(fields):
    number = control("layers", fields["layers"], {})
    assert (number.label, number.description, number.value) == ("Layers", "How many.", "3")
    assert number.attributes == {"input": {"inputMode": "numeric"}}
    # A phone's keys for numbers have no "e".
    assert not control("rate", fields["rate"], {}).attributes


@pytest.mark.parametrize(
    ("name", "typed", "read"),
    [
        ("layers", "2", 2),
        ("layers", "1e9", 10**9),
        ("layers", "1.5e3", 1500),
        ("layers", "2.5", "2.5"),
        ("layers", "1e-4", "1e-4"),
        ("layers", "1e999999999", "1e999999999"),
        ("layers", "nan", "nan"),
        ("layers", "12 apples", "12 apples"),
        ("layers", 3, 3),
        ("rate", "1e-4", "1e-4"),
        ("label", "1e3", "1e3"),
        ("label", " ", None),
    ],
)
def test_what_somebody_typed_never_becomes_something_else(fields, name, typed, read):
    assert control(name, fields[name], {name: typed}).value == str(typed)
    assert entered(Everything, [{"name": name}], [typed]) == {name: read}


@pytest.mark.parametrize("value", [1e-5, 0.001, 1 / 3, 0.0, 0.5, 10.0])
def test_a_number_that_is_shown_is_read_back_as_it_was(fields, value):
    shown = control("rate", fields["rate"], {"rate": value}).value
    assert float(shown) == value
    assert not shown.endswith(".0")


def test_a_number_that_may_be_left_out_starts_empty(fields):
    number = control("noise", fields["noise"], {})
    assert number.value == ""
    assert number.placeholder


def test_what_was_typed_or_stands_in_an_address_fills_the_form_in(fields):
    typed = {"criteria": "lrp, weight", "dropout": "false", "sparsities": "0:x", "layers": "2.5"}
    shown = {name: control(name, fields[name], typed) for name in typed}
    assert inner(shown["criteria"]).value == ["lrp", "weight"]
    assert inner(shown["dropout"]).value == "false"
    assert (shown["sparsities"].value, shown["layers"].value) == ("0:x", "2.5")


def test_lists_of_numbers_are_written_as_people_write_them(fields):
    text = control("sparsities", fields["sparsities"], {})
    assert isinstance(text, dmc.TextInput)
    assert text.value == "0, 1/3"
    assert Everything(sparsities=text.value).sparsities == [0.0, 1 / 3]


def test_a_fraction_is_written_as_one(fields):
    text = control("share", fields["share"], {})
    assert isinstance(text, dmc.TextInput)
    assert text.value == "1/3"
    assert Everything(share=text.value).share == 1 / 3
    assert control("share", fields["share"], {"share": 0.25}).value == "0.25"


def test_text_is_text(fields):
    assert control("label", fields["label"], {"label": "mine"}).value == "mine"


def test_given_values_stand_before_defaults(fields):
    assert inner(control("dataset", fields["dataset"], {"dataset": "moon"})).value == "moon"


def test_fields_come_in_their_groups():
    assert list(groups(Everything)) == ["Data", "Settings"]
    assert groups_of(Everything, ["dataset"]) == ["data"]
    assert groups_of(Everything, ["no such field"]) == []


def test_rarely_used_groups_are_folded():
    form = schema_form(experiments["toy"].config, {})
    names = [item.value for item in form.children]
    assert form.value == names[:2]
    assert len(names) > 2


def test_a_folded_group_opens_for_what_differs_from_the_default():
    sweep = experiments["sweep"].config
    first_two = schema_form(sweep, {}).value
    same = {"sparsities": "0:0.9:0.1, 0.95", "l1": "0", "sensitivity": "false", "steps": ""}
    assert schema_form(sweep, same).value == first_two
    assert schema_form(sweep, same | {"l1": "1e-4"}).value == [*first_two, "penalties"]


def test_an_empty_control_stands_for_no_value():
    ids = [{"name": "noise"}, {"name": "layers"}]
    assert entered(Everything, ids, ["", "3"]) == {"noise": None, "layers": 3}


@pytest.mark.parametrize("study", list(experiments), ids=lambda study: study.name)
def test_the_form_of_an_experiment_gives_back_what_it_shows(study):
    config = study.config()
    form = schema_form(study.config, config.model_dump(mode="json"))
    shown = {
        part.id["name"]: part.value
        for part in form._traverse()
        if field_id(part) == getattr(part, "id", None)
    }
    assert shown.keys() == set(field_names(study.config))
    assert form.value == schema_form(study.config, {}).value
    values = entered(study.config, [{"name": name} for name in shown], list(shown.values()))
    assert study.config.model_validate(values) == config
