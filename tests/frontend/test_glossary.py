"""Words are explained where they stand, and every run that shows one can be run."""

from __future__ import annotations

import asyncio
import json
import re
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from fastapi.testclient import TestClient
from plotly.utils import PlotlyJSONEncoder

from backend.app import create_api
from backend.settings import Settings
from frontend.api import ROUTERS
from frontend.components.explained import asked_axes, explanation, question, question_of
from frontend.components.figures import drawn
from frontend.components.schema_form import entered, schema_form
from frontend.documents.explanations import with_explanations
from frontend.documents.markup import to_html
from frontend.pages import glossary
from frontend.pages.asked_values import asked
from frontend.routes import page_at, status_of
from frontend.schemas import field_names
from frontend.views.base import view_of
from pruning.experiments.base import experiments
from pruning.glossary.entries import Entry, all_entries, entry
from tests.frontend.fakes import FakeRuns, services

SHOWN = [each for each in all_entries() if each.see]


def asking(component: Any) -> list[str]:
    """What the question marks in a component explain, also those beside the words of fields."""
    sent = json.dumps(component, cls=PlotlyJSONEncoder)
    return list(dict.fromkeys(re.findall(r'"data-explains": "([\w-]+)"', sent)))


@pytest.mark.parametrize("told", SHOWN, ids=lambda each: each.name)
def test_a_run_that_shows_a_word_can_be_run(told: Entry):
    search = f"?{urlsplit(told.address).query}"
    experiment, values = asyncio.run(asked(services(FakeRuns()), search))
    study = experiments[experiment]
    assert {"experiment", *values} == set(dict(parse_qsl(search[1:]))), "no field is unknown"
    ids = [{"name": name} for name in values]
    config = study.config.model_validate(entered(study.config, ids, list(values.values())))
    config.check_files()
    assert all(f" --set {name}={value}" in told.command for name, value in values.items())


def test_every_word_has_a_run_that_shows_it():
    assert list(all_entries()) == SHOWN


def test_words_explain_fields_that_there_are():
    fields = {name for study in experiments for name in field_names(study.config)}
    assert {name for each in all_entries() for name in each.fields} <= fields


def test_each_choice_and_field_of_a_form_has_its_question_mark():
    found = asking(schema_form(experiments["sweep"].config, {}))
    choices = {"criterion-lrp", "granularity-unit", "schedule-one_shot", "scope-layer"}
    fields = {"notion-sparsity", "notion-reference_samples", "notion-rewinding"}
    assert choices | fields <= set(found)


def test_question_marks_stand_beside_panels_columns_and_axes():
    config = experiments["toy"].config()
    found = [name for part in drawn(view_of("toy", config)) for name in asking(part)]
    assert {"criterion-lrp", "criterion-weight", "measure-units", "measure-training"} <= set(found)


def test_a_curve_along_epochs_is_not_that_of_the_end():
    view = view_of("sweep", experiments["sweep"].config())
    training = next(part for part in view.sections if part.title == "Training")
    found = asking(drawn(view)[view.parts.index(training)])
    assert found == ["measure-epoch", "measure-epoch_loss", "measure-epoch_accuracy"]


def test_nothing_is_asked_where_there_is_nothing_to_say():
    assert question(None) is question_of("no such words") is None
    view = view_of("toy", experiments["toy"].config())
    assert asked_axes(view.sections[0]) is None


def test_an_explanation_is_safe_html_with_its_formula_and_its_paper():
    html = to_html(explanation(entry("criterion-taylor")))
    assert '<math display="block"><mrow><msub>' in html
    assert "∂L/∂a" in html
    assert "<sub>iu</sub>" in html
    assert 'href="https://arxiv.org/abs/1912.08881"' in html
    assert "|w|" in to_html(explanation(entry("criterion-weight")))


def test_a_frozen_page_keeps_what_its_question_marks_explain():
    body = to_html([question(entry("criterion-lrp")), question(entry("criterion-lrp"))])
    kept = with_explanations(body)
    assert kept.startswith(body)
    assert kept.count('<template data-explanation="criterion-lrp"><h2>Layer-wise relevance') == 1
    assert with_explanations(to_html("no words")) == "no words"


def test_the_page_has_every_word_at_its_anchor():
    page = asyncio.run(glossary.page())
    ids = [part.id for part in page._traverse() if isinstance(getattr(part, "id", None), str)]
    assert {each.name for each in all_entries()} <= set(ids)
    assert len(ids) == len(set(ids))


def test_programs_are_told_what_a_word_means(settings: Settings):
    client = TestClient(create_api(settings, ROUTERS))
    told = client.get("/api/glossary/criterion-lrp").json()
    assert told["text"] == entry("criterion-lrp").text
    assert told["formula"][0] == r"s_u = \sum_{i=1}^n R_{iu}"
    assert told["see"] == "/?experiment=toy&criteria=lrp,weight"
    assert "<math" in told["html"]
    names = [each["name"] for each in client.get("/api/glossary").json()]
    assert names == [each.name for each in all_entries()]
    missing = client.get("/api/glossary/nothing")
    assert missing.status_code == 404
    assert missing.json()["detail"].startswith("There is no word 'nothing' in the glossary.")


def test_a_word_is_asked_for_with_its_kind_or_without(settings: Settings):
    client = TestClient(create_api(settings, ROUTERS))
    full = client.get("/api/glossary/criterion-lrp").json()
    assert client.get("/api/glossary/lrp").json() == full
    several = client.get("/api/glossary/weight")
    assert several.status_code == 409
    assert "criterion-weight (Criteria)" in several.json()["detail"]
    names = ["criterion-weight", "granularity-weight"]
    assert several.json()["errors"][0]["allowed"] == names
    misspelt = client.get("/api/glossary/tailor")
    assert misspelt.status_code == 404
    assert misspelt.json()["detail"].startswith(
        "There is no word 'tailor' in the glossary. Did you mean taylor"
    )
    assert "taylor" in misspelt.json()["errors"][0]["allowed"]


def test_a_name_in_the_address_leads_to_its_word():
    for name in ("lrp", "criterion-lrp", "Layer-wise%20relevance"):
        assert asyncio.run(status_of(f"/glossary/{name}", services(FakeRuns()))) == 200
        shown = asyncio.run(page_at(f"/glossary/{name}", services(FakeRuns()))).to_plotly_json()
        assert shown["props"]["data-word"] == "criterion-lrp"
    assert asyncio.run(status_of("/glossary/no-such-word", services(FakeRuns()))) == 404


def test_a_name_of_several_words_leads_to_each():
    assert asyncio.run(status_of("/glossary/weight", services(FakeRuns()))) == 200
    shown = asyncio.run(page_at("/glossary/weight", services(FakeRuns())))
    links = {getattr(part, "href", None) for part in shown._traverse()}
    assert {"/glossary/criterion-weight", "/glossary/granularity-weight"} <= links
