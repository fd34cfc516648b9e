"""A child process of the launcher: started, watched, and stopped with all its children."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from workers.launcher import LAUNCHER

_PR_SET_PDEATHSIG = 1


class Process:
    """A named child in a process group of its own, writing to a log file of its own."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        log: Path,
        environment: Mapping[str, str] | None = None,
        stop_signal: signal.Signals = signal.SIGTERM,
        niceness: int = 0,
    ) -> None:
        self.name = name
        self.log = log
        self._command = list(command)
        self._environment = {**os.environ, **(environment or {})}
        self._stop_signal = stop_signal
        self._niceness = niceness
        self._child: subprocess.Popen[bytes] | None = None
        log.unlink(missing_ok=True)

    def start(self) -> None:
        """Start it, or start it again."""
        with self.log.open("ab") as output:
            self._child = subprocess.Popen(
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**self._environment, LAUNCHER: str(os.getpid())},
                start_new_session=True,
                preexec_fn=self._end_with_parent if sys.platform == "linux" else None,
            )
        # Its children inherit it.
        os.setpriority(os.PRIO_PROCESS, self._child.pid, self._niceness)

    @property
    def exit_code(self) -> int | None:
        """How it ended; None while it runs."""
        return self._child.poll() if self._child else None

    @property
    def pid(self) -> int | None:
        """The id of the process, and of its group; None while it does not run."""
        return self._child.pid if self._child and self.exit_code is None else None

    def kill(self) -> None:
        """End it at once, with all its children."""
        if self.exit_code is None:
            self._kill_group()

    def request_stop(self) -> None:
        """Ask it to stop."""
        if self._child and self.exit_code is None:
            self._child.send_signal(self._stop_signal)

    def stop(self, seconds: float) -> None:
        """Ask it to stop; after ``seconds``, end it and whatever it left behind."""
        self.request_stop()
        deadline = time.monotonic() + seconds
        while self._child and self.exit_code is None and time.monotonic() < deadline:
            time.sleep(0.02)
        self._kill_group()

    def last_lines(self, count: int = 15) -> str:
        """The end of its log."""
        lines = self.log.read_text(errors="replace").splitlines()
        return "\n".join(lines[-count:])

    def _kill_group(self) -> None:
        if self._child is None:
            return
        try:
            os.killpg(self._child.pid, signal.SIGKILL)
        except ProcessLookupError:
            return
        finally:
            self._child.wait()

    def _end_with_parent(self) -> None:
        """Have Linux end the child when the launcher dies, even by ``kill -9``."""
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, self._stop_signal)
