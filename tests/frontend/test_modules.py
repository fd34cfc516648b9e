"""The JavaScript modules: who imports whom, and what pages say of them."""

from __future__ import annotations

import json
import re
from urllib.parse import unquote

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from frontend.app import add_pages
from frontend.modules import (
    APP,
    ASSETS,
    ENTRIES,
    STANDALONE,
    imported_by,
    inlined,
    modules_of,
    served,
)
from tests.frontend.fakes import FakeRuns, services

MODULES = sorted(
    path.relative_to(ASSETS).as_posix()
    for path in ASSETS.rglob("*.js")
    if path.name != "theme.js" and not path.name.endswith(".min.js")
)
# From the lowest to the highest; the entries are above all.
FLOORS = ("basics", "results", "figures", "network", "points", "pages")


def map_in(head: str) -> dict[str, str]:
    (text,) = re.findall(r'<script type="importmap">(.*?)</script>', head, re.DOTALL)
    return json.loads(text)["imports"]


def test_every_module_is_needed_by_a_page():
    assert sorted(set(modules_of(APP)) | set(modules_of(STANDALONE))) == MODULES


@pytest.mark.parametrize("entry", ENTRIES)
def test_no_module_imports_itself_by_way_of_others(entry):
    known: set[str] = set()
    for name in modules_of(entry):
        # Each comes after all that it imports: there would be no such order of a circle.
        assert set(imported_by(name)) <= known, name
        known.add(name)


@pytest.mark.parametrize("name", MODULES)
def test_a_module_imports_from_its_own_floor_and_those_below(name):
    above = FLOORS[FLOORS.index(name.split("/")[0]) + 1 :] if "/" in name else ()
    for each in imported_by(name):
        assert each.split("/")[0] not in (*above, *ENTRIES), each


@pytest.mark.parametrize("name", MODULES)
def test_a_module_says_what_it_does_and_imports_by_name_only(name):
    text = (ASSETS / name).read_text()
    assert text.startswith("// ")
    assert not re.search(r'(from |import |import\()"(?!#)', text)
    # What Dash, AG Grid and Mantine look up is the only thing that is put on the window.
    hung = re.findall(r"window(?:\.\w+|\[\w+\]) = ", text)
    assert hung in ([], ["window.fetch = "]) or name == APP


@pytest.mark.parametrize("entry", ENTRIES)
def test_the_server_has_every_module_under_an_address_with_its_stamp(entry):
    api = FastAPI()
    add_pages(api, services(FakeRuns()))
    client = TestClient(api)
    addresses = map_in(served(entry))
    assert list(addresses) == [f"#{name}" for name in modules_of(entry)]
    for name, address in addresses.items():
        answer = client.get(address)
        assert answer.text == (ASSETS / name[1:]).read_text()
        assert answer.headers["content-type"].startswith("text/javascript")
        assert re.search(r"\?m=[0-9a-f]+$", address)
        assert f'<link rel="modulepreload" href="{address}">' in served(entry)


def test_the_application_starts_dash_with_its_modules():
    api = FastAPI()
    add_pages(api, services(FakeRuns()))
    page = TestClient(api).get("/").text
    assert page.index("importmap") < page.index("modulepreload") < page.index("DashRenderer(")
    # As a plain script none of them would run.
    assert not re.search(r'<script src="/assets/(?!theme|gifenc)', page)


def test_a_file_has_its_modules_in_it():
    for name, address in map_in(inlined(STANDALONE)).items():
        kind, _, text = address.partition(",")
        assert kind == "data:text/javascript;charset=utf-8"
        assert unquote(text) == (ASSETS / name[1:]).read_text()
    assert "<" not in re.sub(r"^<script type=.importmap.>|</script>$", "", inlined(STANDALONE))
