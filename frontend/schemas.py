"""The fields of a configuration, each with its JSON schema whole."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pruning.experiments.base import ExperimentConfig

Schema = Mapping[str, Any]


def groups(config: type[ExperimentConfig]) -> dict[str, dict[str, Schema]]:
    """The fields' schemas by group, in the order in which the model declares them."""
    schema = config.model_json_schema()
    grouped: dict[str, dict[str, Schema]] = {}
    for name, field in schema["properties"].items():
        resolved = _resolve(field, schema.get("$defs", {}))
        grouped.setdefault(resolved.get("group", "Settings"), {})[name] = resolved
    return grouped


def _resolve(field: Schema, definitions: Mapping[str, Schema]) -> dict[str, Any]:
    """Put what a field refers to into the field, and say whether it may be empty."""
    resolved = dict(field)
    variants = [_resolve(variant, definitions) for variant in resolved.pop("anyOf", [])]
    for variant in variants:
        if variant.get("type") != "null":
            resolved = {**variant, **resolved, "nullable": len(variants) > 1}
    if "$ref" in resolved:
        reference = definitions[resolved.pop("$ref").rpartition("/")[2]]
        resolved = {**_resolve(reference, definitions), **resolved}
    if "items" in resolved:
        resolved["items"] = _resolve(resolved["items"], definitions)
    return resolved
