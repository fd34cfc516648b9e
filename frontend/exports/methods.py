"""A methods paragraph and its bibliography, made of the configurations of runs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.metadata import version
from itertools import groupby
from typing import Any

from pydantic import ValidationError

from backend.runs import Run
from frontend.naming import experiment_title
from frontend.sheets.base import Sheet
from frontend.views.base import face_of
from frontend.views.prose import Sentences, cite, counted, listed, named, plain
from pruning.experiments.base import Experiment, ExperimentConfig, experiments
from pruning.numbers import format_numbers
from pruning.recipes.base import recipe_of
from pruning.references import Reference, all_keys, bibliography, reference
from pruning.registry import UnknownNameError

SOFTWARE = Reference(
    key="prunelab",
    kind="misc",
    title="PruneLab",
    note=f"Software, version {version('prunelab')}",
)


def methods_of(sheet: Sheet) -> str:
    """What a paper says of how the runs of a sheet were made, as Markdown for Pandoc."""
    runs = sorted(sheet.runs, key=lambda run: run.experiment)
    paragraphs = [
        _paragraph(list(group)) for _, group in groupby(runs, key=lambda run: run.experiment)
    ]
    return "\n\n".join([*paragraphs, _software(sheet)]) + "\n"


def bibtex_of(sheet: Sheet) -> str:
    """The papers that the methods paragraph cites, and PruneLab itself, as BibTeX."""
    cited = set(re.findall(r"(?<!\\)@([\w-]+)", methods_of(sheet))) & set(all_keys())
    return bibliography([SOFTWARE, *map(reference, cited)])


def _paragraph(runs: Sequence[Run]) -> str:
    """What runs of one experiment share, and what sets them apart."""
    title = plain(experiment_title(runs[0]))
    told = [_told(run) for run in runs]
    first = told[0]
    shared = {topic for topic, said in first.items() if all(t.get(topic) == said for t in told)}
    common = " ".join(said for topic, said in first.items() if said and topic in shared)
    if len(runs) == 1:
        return f"{_opening(runs[0], title)} {common}"
    opening = f"{counted(len(runs), 'run').capitalize()} of the experiment “{title}” were compared."
    own = " ".join(said for topic, said in first.items() if said and topic not in shared)
    names = _names(runs)
    apart = [f"In {names[0]}: {own}" if own else "", *_differences(runs, names)]
    return " ".join(filter(None, [opening, common, *apart]))


def _opening(run: Run, title: str) -> str:
    study, config = _checked(run)
    recipe = recipe_of(study, config) if study and config else None
    if recipe is None:
        return f"The experiment “{title}” was run."
    said = f"The experiment “{title}” was run with the recipe “{plain(recipe.title)}”"
    return f"{said}{cite(*recipe.papers)}."


def _told(run: Run) -> Sentences:
    """The sentences of a run; of an experiment that nobody tells of, its settings."""
    study, config = _checked(run)
    if study is None or config is None:
        return {"settings": _settings(run.config, {})}
    tell = face_of(study.name).methods
    return tell(config) if tell else {"settings": _settings(run.config, _titles(config))}


def _checked(run: Run) -> tuple[Experiment | None, ExperimentConfig | None]:
    """The experiment and the configuration, where this version still knows them."""
    try:
        study = experiments[run.experiment]
        return study, study.config.model_validate(study.config.of_older(run.config))
    except (UnknownNameError, ValidationError):
        return None, None


def _titles(config: ExperimentConfig) -> dict[str, str]:
    fields = type(config).model_fields
    return {name: field.title or name for name, field in fields.items()}


def _settings(config: Mapping[str, Any], titles: Mapping[str, str]) -> str:
    said = (f"{_title(name, titles)} {_written(name, value)}" for name, value in config.items())
    return f"Its settings were: {'; '.join(said)}."


def _title(name: str, titles: Mapping[str, str]) -> str:
    title = plain(titles.get(name, name))
    # L1, LRP and the like stay as they are.
    return title if title[1:2].isupper() or title[1:2].isdigit() else title[:1].lower() + title[1:]


def _written(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    if value is None or value in ([], ""):
        return "none"
    values = value if isinstance(value, list) else [value]
    if all(isinstance(each, (int, float)) for each in values):
        return format_numbers(values)
    return listed(named(name, str(each)) for each in values)


def _names(runs: Sequence[Run]) -> list[str]:
    """What tells runs apart: their titles where these differ, else their numbers."""
    titles = [f"“{plain(run.title)}”" for run in runs]
    unique = all(run.title for run in runs) and len(set(titles)) == len(runs)
    return titles if unique else [f"run {place}" for place in range(1, len(runs) + 1)]


def _differences(runs: Sequence[Run], names: Sequence[str]) -> Iterator[str]:
    """What each run has otherwise than the first, runs that have the same told together."""
    first = runs[0]
    _, config = _checked(first)
    titles = _titles(config) if config else {}
    found: dict[str, list[str]] = {}
    for run, name in zip(runs[1:], names[1:], strict=True):
        changed = _changed(first.config, run.config)
        settings = [f"{_title(key, titles)} {_written(key, value)}" for key, value in changed]
        found.setdefault("; ".join(settings), []).append(name)
    for told, who in found.items():
        subject = listed(who)
        subject = subject[0].upper() + subject[1:]
        verb = "differs" if len(who) == 1 else "differ"
        if told:
            yield f"{subject} {verb} from {names[0]} in: {told}."
        else:
            yield f"{subject} {'repeats' if len(who) == 1 else 'repeat'} {names[0]}."


def _changed(first: Mapping[str, Any], other: Mapping[str, Any]) -> Iterable[tuple[str, Any]]:
    return [
        (name, value) for name, value in other.items() if name not in first or first[name] != value
    ]


def _software(sheet: Sheet) -> str:
    """The program, and the conditions that runs have noted."""
    said = f"Everything was computed with PruneLab {version('prunelab')}{_software_citation()}."
    notes = (note for stage in sheet.stages.values() for note in stage.result.notes)
    conditions = dict.fromkeys(note.text for note in notes if note.level == "info")
    return " ".join([said, *map(plain, conditions)])


def _software_citation() -> str:
    return f" [@{SOFTWARE.key}]"
