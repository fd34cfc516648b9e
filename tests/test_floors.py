"""The rules of the house: floors, a web process without torch, nothing from elsewhere."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parent.parent


def python(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_floor_imports_only_from_the_floors_below_it():
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("name", ["torch", "torchvision", "sklearn"])
def test_the_web_process_does_not_import(name: str, tmp_path: Path):
    code = f"""
import os, sys
os.environ["PRUNELAB_HOME"] = {str(tmp_path)!r}
import frontend.app
from pruning.experiments.base import experiments
frontend.app.create_app()
[study.config.model_json_schema() for study in experiments]
print({name!r} in sys.modules)
"""
    assert python(code).strip() == "False"


def test_the_command_line_lists_experiments_without_torch():
    code = "import sys, prunelab.cli, workers.app; print('torch' in sys.modules)"
    assert python(code).strip() == "False"


def test_no_file_of_the_pages_names_another_host():
    for file in (ROOT / "frontend").rglob("*"):
        if file.suffix in (".py", ".js", ".css", ".html"):
            hosts = set(re.findall(r"https?://([\w.]+)", file.read_text()))
            assert hosts <= {"www.w3.org"}, f"{file} names {hosts}"


def test_the_compose_file_starts_what_the_command_line_has():
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    services = compose["services"]
    assert services.keys() == {
        "web",
        "worker-interactive",
        "worker-training",
        "worker-parts",
        "redis",
        "database",
    }
    for name in ("web", "worker-interactive", "worker-training", "worker-parts"):
        command = services[name]["command"]
        done = subprocess.run(
            [sys.executable, "-m", "prunelab", *command, "--help"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        more = {"PRUNELAB_PASSWORD", "FORWARDED_ALLOW_IPS"} if name == "web" else set()
        assert services[name]["environment"].keys() == {"REDIS_URL", "DATABASE_URL"} | more
    assert services["web"]["environment"]["PRUNELAB_PASSWORD"].startswith("${PRUNELAB_PASSWORD:?")
    assert all(port.startswith("127.0.0.1:") for port in services["web"]["ports"])


def test_what_is_installed_is_pinned():
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    assert all(re.fullmatch(r"[\w.-]+==[\w.]+", line) for line in pins)
    assert {"torch==2.13.0", "torchvision==0.28.0"} <= set(pins)
