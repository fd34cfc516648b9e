"""Examples as people use them: packages that pip installs, programs in processes of their own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
EXAMPLES = REPOSITORY / "examples"


def install(example: str, folder: Path) -> Path:
    """`pip install` of an example, from what is on this machine; where it is then."""
    # A copy: building leaves files behind.
    source = folder / "source" / example
    shutil.copytree(EXAMPLES / example, source, ignore=shutil.ignore_patterns("build", "*.egg-*"))
    target = folder / "installed"
    options = ["--no-deps", "--no-build-isolation", "--no-index", "--disable-pip-version-check"]
    command = [sys.executable, "-m", "pip", "install", "--quiet", *options]
    subprocess.run([*command, "--target", str(target), str(source)], check=True)
    return target


def beside(*folders: Path, **environment: str) -> dict[str, str]:
    """The environment of a process that finds this PruneLab, and what is installed there."""
    path = os.pathsep.join(map(str, (*folders, REPOSITORY)))
    return {**os.environ, "PYTHONPATH": path, **environment}


def python(*arguments: str | Path, env: dict[str, str], cwd: Path = REPOSITORY) -> str:
    """What a Python process prints."""
    done = subprocess.run(
        [sys.executable, "-W", "error", *map(str, arguments)],
        env=env,
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
