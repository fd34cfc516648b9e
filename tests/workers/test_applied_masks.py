"""A worker applies a mask as the command line does: equal numbers, equal pictures."""

from __future__ import annotations

import base64
import io
import zipfile
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from backend.app import create_api
from backend.services import Services
from backend.settings import Settings
from prunelab.cli import cli
from tests.learned_masks import CONFIG, draw_images
from workers.run import carry_out


@pytest.fixture
def client(settings: Settings):
    with TestClient(create_api(settings)) as client:
        for queue in ("interactive", "training"):
            client.app.state.services.presence.announce(queue, "a test")
        yield client


def learned(services: Services) -> str:
    run = services.runs.submit("input_selection", CONFIG | {"kinds": ["static"], "seeds": [0]})
    carry_out(services, run.id, "me")
    return run.id


def applied(client: TestClient, run_id: str, images: list[Path]) -> str:
    sent = [
        {"name": image.name, "content": base64.b64encode(image.read_bytes()).decode()}
        for image in images
    ]
    body = {"kind": "static", "at": 0.9, "images": sent}
    return client.post(f"/api/runs/{run_id}/apply", json=body).raise_for_status().json()["id"]


def test_a_worker_says_what_the_command_line_says(client, settings, tmp_path, monkeypatch):
    services = client.app.state.services
    images = draw_images(tmp_path / "images")
    learning = learned(services)
    run_id = applied(client, learning, images)
    carry_out(services, run_id, "me")
    run = services.runs.get(run_id)
    assert (run.status, run.error) == ("done", None)

    monkeypatch.setenv("PRUNELAB_HOME", str(settings.home))
    out = tmp_path / "out"
    asked = ["apply", learning, *map(str, images), "--at", "0.9", "--out", str(out)]
    said = CliRunner().invoke(cli, asked)
    assert said.exit_code == 0, said.output
    table = client.get(f"/api/runs/{run_id}/artifacts/sent.csv")
    assert table.content == (out / "sent.csv").read_bytes()
    pictures = client.get(f"/api/runs/{run_id}/artifacts/left.zip").content
    with zipfile.ZipFile(io.BytesIO(pictures)) as archive:
        assert archive.namelist() == sorted(path.name for path in out.glob("*.png"))
        for name in archive.namelist():
            assert archive.read(name) == (out / name).read_bytes()


def test_a_run_whose_mask_was_deleted_meanwhile_says_so(client, tmp_path):
    services = client.app.state.services
    learning = learned(services)
    run_id = applied(client, learning, draw_images(tmp_path / "images", 1))
    services.run_list.put_in_bin(learning)
    services.run_list.remove(learning)
    carry_out(services, run_id, "me")
    run = services.runs.get(run_id)
    assert run.status == "failed"
    assert run.error is not None
    assert f"there is no static mask of repeat 0 of run {learning} here" in run.error
