"""Every number, list and text of every configuration has bounds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import ValidationError

from pruning.experiments.base import experiments

# JSON schema's words, and pydantic's own behind a validator that reads what people type.
BOUNDS = {
    "integer": {"maximum", "exclusiveMaximum", "le", "lt", "enum"},
    "number": {"maximum", "exclusiveMaximum", "le", "lt"},
    "array": {"maxItems", "max_length"},
    "string": {"maxLength", "max_length", "enum", "const", "pattern"},
}

# Not those of other tests.
OURS = [each.name for each in experiments if each.config.__module__.startswith("pruning.")]


def unbounded(schema: dict[str, Any], path: str, known: dict[str, Any]) -> Iterator[str]:
    """Where a schema takes as much as anybody likes."""
    if "$ref" in schema:
        schema = known[schema["$ref"].rpartition("/")[2]]
    kind = schema.get("type")
    # Names are bounded by how many there are: of what is chosen each is named once.
    of_names = "enum" in schema.get("items", {}) or "$ref" in schema.get("items", {})
    if kind in BOUNDS and not BOUNDS[kind] & schema.keys() and not (kind == "array" and of_names):
        yield f"{path}: {kind}"
    for each in (*schema.get("anyOf", ()), *schema.get("allOf", ())):
        yield from unbounded(each, path, known)
    if "items" in schema:
        yield from unbounded(schema["items"], f"{path}[]", known)
    for name, each in schema.get("properties", {}).items():
        yield from unbounded(each, f"{path}.{name}", known)


@pytest.mark.parametrize("name", OURS)
def test_nothing_is_taken_that_has_no_end(name: str):
    schema = experiments[name].config.model_json_schema()
    assert list(unbounded(schema, name, schema.get("$defs", {}))) == []


@pytest.mark.parametrize("name", OURS)
def test_numbers_beyond_64_bits_are_refused_wherever_they_are_typed(name: str):
    config = experiments[name].config
    schema = config.model_json_schema()
    for field, told in schema["properties"].items():
        kinds = {each.get("type") for each in (told, *told.get("anyOf", ()))}
        if kinds & {"integer", "number"}:
            for huge in (10**23, -(10**23), "1e23", str(10**23)):
                with pytest.raises(ValidationError) as refused:
                    config.model_validate({field: huge})
                assert field in {str(error["loc"][0]) for error in refused.value.errors()}


def test_names_of_layers_have_an_end():
    config = experiments["sweep"].config
    with pytest.raises(ValidationError, match="1000 items"):
        config.model_validate({"exclude": [f"layer{i}" for i in range(1001)]})
    with pytest.raises(ValidationError, match="200 characters"):
        config.model_validate({"exclude": ["x" * 201]})


@pytest.mark.parametrize("name", OURS)
def test_true_and_false_are_no_numbers_and_no_names(name: str):
    config = experiments[name].config
    for field, told in config.model_json_schema()["properties"].items():
        kinds = {each.get("type") for each in (told, *told.get("anyOf", ()))}
        if "boolean" in kinds:
            continue
        for value in (True, [True], [1, False]):
            with pytest.raises(ValidationError) as refused:
                config.model_validate({field: value})
            assert field in {str(error["loc"][0]) for error in refused.value.errors()}


@pytest.mark.parametrize(
    ("name", "field", "tiny"),
    [
        ("toy", "sparsities", [0.5, 1e-320]),
        ("sweep", "sparsities", [1e-9]),
        ("mint", "percentages", [1e-7]),
        ("guided_sparsity", "levels", [1e-7]),
    ],
)
def test_a_share_that_is_of_no_weight_is_refused(name: str, field: str, tiny: list[float]):
    config = experiments[name].config
    assert field in config.model_fields
    with pytest.raises(ValidationError, match=r"at least 0\.000001"):
        config.model_validate({field: tiny})
