"""A form from a configuration's JSON schema: one control per field, whatever the experiment.

A field's value sits in the control ``{"type": "field", "name": NAME, "holder": HOLDER}``. Where
the holder is ``input``, the control itself can be marked as wrong; a ``choice`` has a wrapper
``{"type": "mark", "name": NAME}`` around it for that.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from frontend.components.attributes import attributes
from frontend.components.bring import bring
from frontend.components.chips import chips
from frontend.components.explained import first_sentence, with_question
from frontend.components.file_field import file_field
from frontend.schemas import Schema, groups
from pruning.experiments.base import ExperimentConfig
from pruning.glossary.entries import of_choice, of_field
from pruning.numbers import format_numbers

_GONE = {"description": "Not offered here any more."}
_SWITCH = [{"name": "false", "title": "Off"}, {"name": "true", "title": "On"}]
# Choices beside each other as long as they are few and short, in a list to open otherwise.
_BESIDE = 4
_BESIDE_LETTERS = 28
# Groups after these are folded: a first run needs none of what is in them.
_OPEN_GROUPS = 2
# Longer than any whole number that a field takes: 1e999999999 would never come to an end.
_MOST_DIGITS = 25


def schema_form(
    config: type[ExperimentConfig],
    values: Mapping[str, Any],
    marks: Mapping[str, str] = MappingProxyType({}),
) -> dmc.Accordion:
    """Build all the controls, grouped, showing ``values`` (defaults where there is none).

    A value is one of the configuration, or what was typed for it; ``marks`` say what is wrong with
    fields, by their names.
    """
    grouped = groups(config)
    changed = [
        group
        for group, fields in grouped.items()
        if any(name in marks or _differs(values, name, field) for name, field in fields.items())
    ]
    opened = [*list(grouped)[:_OPEN_GROUPS], *changed]
    return dmc.Accordion(
        id="groups",
        multiple=True,
        value=[_identity(group) for group in dict.fromkeys(opened)],
        className="groups",
        chevronPosition="right",
        children=[_group(name, fields, values, marks) for name, fields in grouped.items()],
    )


def _differs(values: Mapping[str, Any], name: str, schema: Schema) -> bool:
    shown = _as_shown(schema, schema.get("default"))
    return name in values and _as_shown(schema, values[name]) != shown


def shown_values(config: type[ExperimentConfig], values: Mapping[str, Any]) -> dict[str, Any]:
    """What the control of each field shows, where ``values`` are those of a configuration."""
    return {
        name: _as_shown(schema, values.get(name, schema.get("default")))
        for fields in groups(config).values()
        for name, schema in fields.items()
    }


def groups_of(config: type[ExperimentConfig], names: Sequence[str]) -> list[str]:
    """The groups that the named fields are in, by what the form opens them with."""
    found = groups(config).items()
    return [_identity(group) for group, fields in found if set(names) & set(fields)]


def _identity(group: str) -> str:
    """What a group is called in the page, where names have no spaces in them."""
    return group.lower().replace(" ", "-")


def entered(
    config: type[ExperimentConfig], ids: Sequence[Mapping[str, str]], values: Sequence[Any]
) -> dict[str, Any]:
    """The configuration that was entered: an empty control stands for no value."""
    schemas = {name: field for fields in groups(config).values() for name, field in fields.items()}
    typed = {field["name"]: value for field, value in zip(ids, values, strict=True)}
    return {name: _read(schemas.get(name, {}), value) for name, value in typed.items()}


def _read(schema: Schema, value: Any) -> Any:
    """What was typed; of a whole number such as ``1e3`` its digits, which pydantic wants."""
    if isinstance(value, str) and not value.strip():
        return None
    if schema.get("type") != "integer" or not isinstance(value, str):
        return value
    try:
        number = Decimal(value)
    except InvalidOperation:
        return value
    is_whole = number.is_finite() and abs(number.adjusted()) < _MOST_DIGITS and not number % 1
    return int(number) if is_whole else value


def _group(
    name: str,
    fields: Mapping[str, Schema],
    values: Mapping[str, Any],
    marks: Mapping[str, str],
) -> dmc.AccordionItem:
    controls = [_placed(field, schema, values, marks) for field, schema in fields.items()]
    return dmc.AccordionItem(
        [dmc.AccordionControl(name), dmc.AccordionPanel(dmc.Stack(controls, gap="md"))],
        value=_identity(name),
    )


def _placed(name: str, schema: Schema, values: Mapping[str, Any], marks: Mapping[str, str]) -> Any:
    """The control of a field; that of a setting is seen while what it belongs to is chosen."""
    made = control(name, {**schema, "x-error": marks.get(name)}, values)
    if "x-owner" not in schema:
        return made
    owner = schema["x-owner"]
    chosen = values.get(owner["field"]) or []
    return html.Div(
        made,
        id={"type": "setting", "name": name, "owner": owner["name"]},
        className="setting",
        hidden=owner["name"] not in chosen,
    )


def control(name: str, schema: Schema, values: Mapping[str, Any]) -> Any:
    """The control for one field."""
    value = _as_shown(schema, values.get(name, schema.get("default")))
    kind = schema.get("type")
    if "x-files" in schema:
        return file_field(name, schema, value, _words(name, schema))
    if "enum" in schema:
        return _choice(name, schema, value)
    if kind == "boolean":
        return _choice(name, {**schema, "x-choices": _SWITCH}, value)
    if _are_names(schema):
        return _several(name, schema, value)
    if kind in ("integer", "number") and schema.get("x-format") != "fraction":
        return _number(name, schema, value)
    text = _text(name, schema, value)
    return html.Div([text, _layers(name)]) if "x-layers" in schema else text


def _layers(name: str) -> html.Details:
    """The layers that there are, for ``pages/form_layers.js`` to fill in."""
    return html.Details(
        [html.Summary("Layers of the model"), html.Div(className="layer-names")],
        className="layers",
        hidden=True,
        **attributes(data_layers=name),
    )


def _are_names(schema: Schema) -> bool:
    return schema.get("type") == "array" and "enum" in schema.get("items", {})


def _as_shown(schema: Schema, value: Any) -> Any:
    """The value of a field's control; what was typed, or comes from an address, is shown as is."""
    if _are_names(schema):
        names = value.split(",") if isinstance(value, str) else value or []
        return [name.strip() for name in names if name.strip()]
    if isinstance(value, str) or "enum" in schema:
        return value
    if schema.get("type") == "boolean":
        return str(bool(value)).lower()
    if schema.get("items", {}).get("type") == "string":
        return ", ".join(value or [])
    if isinstance(value, list):
        return format_numbers(value)
    if value is not None and schema.get("x-format") == "fraction":
        return format_numbers([value])
    return "" if value is None else str(value).removesuffix(".0")


def _choices(schema: Schema) -> list[dict[str, Any]]:
    names = schema.get("enum", [])
    fallback = [{"name": str(name), "title": str(name).capitalize()} for name in names]
    return [{"description": "", **choice} for choice in schema.get("x-choices", fallback)]


def _field_id(name: str, holder: str) -> dict[str, str]:
    return {"type": "field", "name": name, "holder": holder}


def _words(name: str, schema: Schema) -> dict[str, Any]:
    title = schema.get("title", name)
    if "x-owner" in schema:
        title = f"{schema['x-owner']['title']}: {title.lower()}"
    return {
        "label": title,
        "description": with_question(schema.get("description"), of_field(name)),
        "error": schema.get("x-error"),
    }


def _text(name: str, schema: Schema, value: str, **more: Any) -> dmc.TextInput:
    return dmc.TextInput(id=_field_id(name, "input"), value=value, **_words(name, schema), **more)


def _number(name: str, schema: Schema, value: str) -> dmc.TextInput:
    """A text, as it was typed: a control for numbers would make 19 of 1e9, and 14 of 1e-4.

    The model says what is wrong with it; in ``assets/pages/form.js`` arrows step through whole
    ones.
    """
    is_whole = schema["type"] == "integer"
    return _text(
        name,
        schema,
        value,
        placeholder=schema.get("x-placeholder", "as published") if schema.get("nullable") else "",
        attributes={"input": {"inputMode": "numeric"}} if is_whole else {},
    )


def _choice(name: str, schema: Schema, value: Any) -> Any:
    choices = [*_choices(schema), *_not_offered(schema, [value])]
    data = [{"value": choice["name"], "label": choice["title"]} for choice in choices]
    letters = sum(len(choice["title"]) for choice in choices)
    field = _field_id(name, "choice")
    if len(choices) <= _BESIDE and letters <= _BESIDE_LETTERS:
        inner = dmc.SegmentedControl(
            id=field,
            data=data,
            value=value,
            fullWidth=True,
            **attributes(aria_label=schema.get("title", name)),
        )
    else:
        inner = dmc.Select(
            id=field,
            data=data,
            value=value,
            allowDeselect=False,
            checkIconPosition="right",
            **attributes(aria_label=schema.get("title", name)),
        )
    parts = [inner, _meaning(name, choices, value), *bring(schema)]
    if any(choice.get("needs") for choice in choices):
        parts.append(_needs(name, choices))
    return _marked(name, schema, parts)


def _needs(name: str, choices: Sequence[Mapping[str, Any]]) -> html.Div:
    """Which choices fit which values of other fields; ``pages/form_choices.js`` offers those."""
    told = [
        {"value": each["name"], "label": each["title"], "needs": each.get("needs", {})}
        for each in choices
    ]
    return html.Div(hidden=True, **attributes(data_needs=name, data_choices=json.dumps(told)))


def _meaning(name: str, choices: Sequence[Mapping[str, str]], value: Any) -> html.Div:
    """What the chosen name means, kept up to date in the browser."""
    meanings = {choice["name"]: _told(name, choice) for choice in choices}
    return html.Div(
        [
            dcc.Store(id={"type": "meanings", "name": name}, data=meanings),
            html.Div(
                meanings.get(value, ""), id={"type": "meaning", "name": name}, className="meaning"
            ),
        ]
    )


def _told(field: str, choice: Mapping[str, str]) -> Any:
    entry = of_choice(field, choice["name"])
    return with_question(choice["description"] or first_sentence(entry), entry)


def _several(name: str, schema: Schema, value: Any) -> dmc.InputWrapper:
    gone = _not_offered(schema["items"], value)
    choices = dmc.ChipGroup(
        id=_field_id(name, "choice"),
        multiple=True,
        value=value,
        children=chips([*_choices(schema["items"]), *({**each, **_GONE} for each in gone)], name),
    )
    group = html.Div(
        choices, className="chips", role="group", **attributes(aria_label=schema.get("title", name))
    )
    return _marked(name, schema, [group, *bring(schema)])


def _not_offered(schema: Schema, value: Sequence[str]) -> list[dict[str, Any]]:
    """Chosen names that are understood but not offered: what a stored run has is to be seen."""
    return [choice for choice in schema.get("x-not-offered", []) if choice["name"] in value]


def _marked(name: str, schema: Schema, children: list[Any]) -> dmc.InputWrapper:
    return dmc.InputWrapper(
        children,
        id={"type": "mark", "name": name},
        labelElement="div",
        **_words(name, schema),
    )
