"""torchvision works whichever torch it was built for."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pruning

FOLDER = Path(pruning.__file__).parent


def test_torchvision_imports_and_its_models_run():
    code = """
from pruning.vision import torchvision
import torch, torchvision.transforms.v2
print(tuple(torchvision.models.resnet18()(torch.zeros(2, 3, 32, 32)).shape))
"""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=FOLDER.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "(2, 1000)"


def test_where_the_compiled_operators_load_nothing_is_declared():
    code = """
import sys, types
sys.modules["torchvision"] = fake = types.ModuleType("torchvision")
import pruning.vision
print(pruning.vision.torchvision is fake, hasattr(pruning.vision, "_library"))
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=FOLDER.parent, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "True False"


def test_another_failure_of_torchvision_is_not_hidden(tmp_path: Path):
    (tmp_path / "torchvision.py").write_text("raise RuntimeError('something else')")
    code = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import pruning.vision"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=FOLDER.parent, capture_output=True, text=True, check=False
    )
    assert "something else" in done.stderr


def test_nothing_else_in_pruning_imports_torchvision():
    direct = re.compile(r"^\s*(import|from)\s+torchvision", re.MULTILINE)
    importers = [file for file in FOLDER.rglob("*.py") if direct.search(file.read_text())]
    assert importers == [FOLDER / "vision.py"]
