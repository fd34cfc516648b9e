"""The fields of a configuration, each with its JSON schema whole."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from pruning.experiments.base import ExperimentConfig
from pruning.experiments.criterion_settings import FIELD
from pruning.numbers import format_numbers

Schema = Mapping[str, Any]

# Marks a field of settings: it names the field in which their owners are chosen.
OWNERS = "x-settings-of"


def groups(config: type[ExperimentConfig]) -> dict[str, dict[str, Schema]]:
    """The fields' schemas by group, in the order in which the model declares them."""
    schema = config.model_json_schema()
    grouped: dict[str, dict[str, Schema]] = {}
    for name, field in schema["properties"].items():
        resolved = _resolve(field, schema.get("$defs", {}))
        if OWNERS in resolved:
            owners = _resolve(schema["properties"][resolved[OWNERS]], schema.get("$defs", {}))
            grouped[owners.get("group", "Settings")] |= _settings(resolved, owners["items"]["enum"])
        else:
            grouped.setdefault(resolved.get("group", "Settings"), {})[name] = resolved
    return grouped


def flat(values: Mapping[str, Any]) -> dict[str, Any]:
    """A configuration's values by field, as a form has them: ``grasp.temperature`` for one."""
    found: dict[str, Any] = {}
    for name, value in values.items():
        if name == FIELD:
            found |= {f"{o}.{n}": v for o, settings in value.items() for n, v in settings.items()}
        else:
            found[name] = value
    return found


def field_names(config: type[ExperimentConfig]) -> list[str]:
    """The names of all fields on the form."""
    return [name for fields in groups(config).values() for name in fields]


def changed(config: ExperimentConfig, besides: Collection[str]) -> str:
    """Say in words which settings differ from their defaults, leaving some out."""
    if _is_default(config):
        # Most are, and the schema takes as long as all else on the page of a run.
        return ""
    found = groups(type(config)).values()
    fields = {name: schema for group in found for name, schema in group.items()}
    return changed_values(config.model_dump(mode="json"), fields, besides)


def changed_values(
    values: Mapping[str, Any], fields: Mapping[str, Schema], besides: Collection[str]
) -> str:
    """The same of a configuration's values, where the schemas of its fields are at hand."""
    values, told = flat(values), []
    for name, schema in fields.items():
        value = values.get(name, schema.get("default"))
        if name not in besides and value != schema.get("default"):
            owner = schema.get("x-owner", {}).get("title")
            title = f"{owner}, {schema['title'].lower()}" if owner else schema["title"]
            told.append(f"{title} {written(value, choice_titles(schema))}")
    return " · ".join(told)


def _is_default(config: ExperimentConfig) -> bool:
    """Whether it is as the model declares it, down to the last field."""
    fields = type(config).model_fields.items()
    return all(
        getattr(config, name) == field.get_default(call_default_factory=True)
        for name, field in fields
    )


def choice_titles(schema: Schema) -> dict[str, str]:
    """What the values of a setting are called, where they are names."""
    named = schema if "x-choices" in schema else schema.get("items", {})
    choices = [*named.get("x-choices", []), *named.get("x-not-offered", [])]
    return {choice["name"]: choice["title"] for choice in choices}


def written(value: Any, titles: Mapping[str, str]) -> str:
    """A setting's value, as people read it."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if value is None or value in ("", []):
        return "none"
    values = value if isinstance(value, list) else [value]
    if all(isinstance(item, int | float) for item in values):
        return format_numbers(values)
    return ", ".join(titles.get(str(item), str(item)) for item in values)


def _settings(field: Schema, offered: Sequence[str]) -> dict[str, Schema]:
    """The settings of each owner that is offered, such as a criterion, as fields of their own."""
    return {
        f"{owner}.{name}": {
            **_resolve(setting, schema.get("$defs", {})),
            "x-owner": {"name": owner, "title": schema["title"], "field": field[OWNERS]},
        }
        for owner, schema in field["properties"].items()
        if owner in offered
        for name, setting in schema["properties"].items()
    }


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
