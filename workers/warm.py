"""What a child of a worker loads while nothing is asked of it, so that no run waits for libraries.

Half of the seconds of a small first run would be imports: torch's compiler, which any optimizer
loads, is as long as torch itself.
"""

from __future__ import annotations

import importlib
import threading

from pruning.experiments.base import Queue

_TOY = ("torch", "torch._dynamo")
_IMAGES = (*_TOY, "sklearn.datasets", "torch_pruning", "tensorboardX")
_MODULES: dict[Queue, tuple[str, ...]] = {
    "interactive": _TOY,
    "training": _IMAGES,
    "parts": _IMAGES,
}


class WarmUp:
    """Loads what runs of a queue need, in the background.

    Parameters
    ----------
    idle_seconds
        It begins once so long nothing was asked of the child: whoever has just started PruneLab
        has the cores for the pages and a first run.
    """

    def __init__(self, queue: Queue, idle_seconds: float) -> None:
        self._modules = _MODULES[queue]
        self._idle_seconds = idle_seconds
        self._asked = threading.Event()
        self._thread = threading.Thread(target=self._load, name="warm-up", daemon=True)

    def start(self) -> None:
        """Begin, now or once the child has been idle."""
        self._thread.start()

    def stop(self) -> None:
        """Begin no more; return once what is being loaded is there.

        Two threads that import the same at once get half of it; what nobody has begun to load, the
        run loads if it needs it.
        """
        self._asked.set()
        self._thread.join()

    def _load(self) -> None:
        self._asked.wait(self._idle_seconds)
        for name in self._modules:
            if self._asked.is_set():
                return
            importlib.import_module(name)
