"""The whole way as somebody goes it who brings everything: images, a network, its weights.

The pruned network is taken away, and says of the same files what PruneLab has said of them, in a
process that has torch and Pillow, and nothing of PruneLab.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.examples.packages import beside, python

SIDE = 16
# Classes of unequal size, for training and for testing.
COUNTS = {"apple": (40, 20), "birch": (25, 12), "cedar": (15, 9)}

NETWORK = '''
"""A small vision transformer, written as people write one."""

from pruning.models.base import model


@model("own-vit", title="A small ViT", description="Patches that attend.", paper="none", least=8)
def own_vit(shape, classes):
    import torch
    from torch import nn

    class Attention(nn.Module):
        def __init__(self, dim, heads):
            super().__init__()
            self.heads, self.qkv, self.project = heads, nn.Linear(dim, 3 * dim), nn.Linear(dim, dim)

        def forward(self, x):
            q, k, v = self.qkv(x).unflatten(-1, (3, self.heads, -1)).permute(2, 0, 3, 1, 4)
            weights = (q @ k.transpose(-2, -1) / q.shape[-1] ** 0.5).softmax(-1)
            return self.project((weights @ v).transpose(1, 2).flatten(2))

    class Block(nn.Module):
        def __init__(self, dim, heads):
            super().__init__()
            self.norm1, self.norm2 = nn.LayerNorm(dim), nn.LayerNorm(dim)
            self.attention = Attention(dim, heads)
            self.mlp = nn.Sequential(nn.Linear(dim, 4 * dim), nn.GELU(), nn.Linear(4 * dim, dim))

        def forward(self, x):
            x = x + self.attention(self.norm1(x))
            return x + self.mlp(self.norm2(x))

    class ViT(nn.Module):
        def __init__(self, dim=32, patch=4, heads=4, blocks=2):
            super().__init__()
            self.patches = nn.Conv2d(shape[0], dim, patch, patch)
            self.place = nn.Parameter(
                0.02 * torch.randn(1, shape[1] // patch * (shape[2] // patch), dim)
            )
            self.blocks = nn.Sequential(*(Block(dim, heads) for _ in range(blocks)))
            self.norm, self.output = nn.LayerNorm(dim), nn.Linear(dim, classes)

        def forward(self, x):
            x = self.patches(x).flatten(2).transpose(1, 2) + self.place
            return self.output(self.norm(self.blocks(x)).mean(1))

    return ViT()
'''

WEIGHTS = """
import sys
import torch
from safetensors.torch import save_file
from pruning.models.base import models

network = models["own-vit"].untrained((3, 16, 16), 3, seed=7)
# As torch.nn.DataParallel keeps them.
save_file({f"module.{name}": each for name, each in network.state_dict().items()}, sys.argv[1])
"""

OUTSIDE = """
import sys
from pathlib import Path

# Whoever takes a network away has none of this.
for name in ("pruning", "prunelab", "backend", "frontend", "workers", "torch_pruning"):
    sys.modules[name] = None

import numpy as np
import torch
from PIL import Image, ImageOps

folder, file, scaled, side = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
network = torch.export.load(file).module()


def read(path):
    image = ImageOps.exif_transpose(Image.open(path)).convert("RGBA")
    white = Image.new("RGBA", image.size, "white")
    image = Image.alpha_composite(white, image).convert("RGB")
    width, height = image.size
    short = min(image.size)
    left, top = (width - short) // 2, (height - short) // 2
    box = (left, top, left + short, top + short)
    image = image.resize((scaled, scaled), Image.Resampling.BILINEAR, box=box)
    edge = (scaled - side) // 2
    image = image.crop((edge, edge, edge + side, edge + side))
    return torch.from_numpy(np.array(image)).permute(2, 0, 1) / 255


classes = sorted(each.name for each in folder.iterdir())
right = total = 0
for label, name in enumerate(classes):
    for path in sorted((folder / name).iterdir()):
        with torch.inference_mode():
            right += int(network(read(path)[None]).argmax()) == label
        total += 1
print(right / total)
"""


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Three classes of a colour each, in mixed formats, modes and sizes."""
    draws = np.random.default_rng(0)
    folder = tmp_path / "trees"
    for part, place in (("train", 0), ("test", 1)):
        for channel, (name, counts) in enumerate(COUNTS.items()):
            (folder / part / name).mkdir(parents=True)
            for number in range(counts[place]):
                _picture(draws, channel, number, folder / part / name / f"{number}")
    return folder


def _picture(draws: np.random.Generator, channel: int, number: int, stem: Path) -> None:
    height, width = draws.integers(18, 44, 2)
    pixels = draws.integers(0, 190, (height, width, 3), dtype=np.uint8)
    pixels[..., channel] += 50
    image = Image.fromarray(pixels)
    match number % 4:
        case 0:
            image.save(stem.with_suffix(".png"))
        case 1:
            turned = Image.Exif()
            turned[0x0112] = 6
            image.save(stem.with_suffix(".jpg"), quality=95, exif=turned)
        case 2:
            image.putalpha(200)
            image.save(stem.with_suffix(".png"))
        case 3:
            image.save(stem.with_suffix(".bmp"))


def test_who_brings_everything_takes_away_what_the_page_said(pictures: Path, tmp_path: Path):
    home, out = tmp_path / "home", tmp_path / "out"
    models = tmp_path / "own_network.py"
    models.write_text(NETWORK)
    environment = beside(PRUNELAB_MODELS=str(models), PRUNELAB_HOME=str(home))

    def prunelab(*arguments: str | Path) -> str:
        return python("-m", "prunelab", *arguments, env=environment)

    said = prunelab("data", "add", pictures, "--name", "trees", "--side", str(SIDE))
    scaled = re.search(r"shorter\s+side\s+has\s+(\d+)\s+pixels", said)
    assert scaled, said
    weights = home / "data" / "weights"
    weights.mkdir(parents=True)
    register = (
        "from pathlib import Path; from pruning.models.files import register_file; "
        f"register_file(Path({str(models)!r}))"
    )
    python("-c", f"{register}\n{WEIGHTS}", weights / "mine.safetensors", env=environment)
    settings = [
        *("model=own-vit", "dataset=trees", "start=mine", "seeds=0", "epochs=30"),
        *("criteria=weight,taylor", "granularities=unit", "sparsities=0,0.5", "batch_size=16"),
        *("exclude=output,patches,blocks.0.attention.qkv,blocks.1.attention.qkv",),
        *("learning_rate=0.05", "take_away=torch_export,safetensors"),
    ]
    options = [word for setting in settings for word in ("--set", setting)]
    prunelab("run", "sweep", *options, "--out", out)
    result = json.loads((out / "result.json").read_text())
    assert result["status"] == "done"
    files = sorted((out / "artifacts").rglob("*.pt2"))
    assert files
    for file in files:
        described = json.loads(file.with_suffix(".json").read_text())
        assert f"shorter side has {scaled[1]} pixels" in " ".join(described["images"])
        accuracy = described["measures"]["test_accuracy"]
        assert accuracy > 0.6, "so that it has learned something to lose"
        command = [
            sys.executable,
            "-c",
            OUTSIDE,
            str(pictures / "test"),
            file,
            scaled[1],
            str(SIDE),
        ]
        alone = subprocess.run(command, capture_output=True, text=True, check=True, cwd=tmp_path)
        assert float(alone.stdout) == pytest.approx(accuracy, abs=1e-6)
