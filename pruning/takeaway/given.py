"""Files that people can take away, as events."""

from __future__ import annotations

from pathlib import Path

from pruning.events import Artifact

_TYPES = {
    ".safetensors": "application/octet-stream",
    ".json": "application/json",
    ".onnx": "application/octet-stream",
    ".pt2": "application/zip",
    ".npz": "application/zip",
    ".zip": "application/zip",
    ".csv": "text/csv",
    ".py": "text/x-python",
}


def given(path: Path, name: str) -> Artifact:
    """A file that stands in the folder of the run's artifacts; ``name`` is for people."""
    media_type = _TYPES.get(path.suffix, "application/octet-stream")
    return Artifact(name=name, media_type=media_type, size=path.stat().st_size, path=path.name)
