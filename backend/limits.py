"""What one person, and one run, may take of a server that others use, too."""

from __future__ import annotations

import threading
import time
from collections import defaultdict, deque
from contextvars import ContextVar

from backend.problems import Problem

# Whose request is being answered; the guard says so.
person: ContextVar[str] = ContextVar("person", default="owner")

_MINUTE = 60.0


class SubmissionPace:
    """How many runs each person may submit within a minute.

    Parameters
    ----------
    most
        So many; another one within the minute is refused.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._moments: defaultdict[str, deque[float]] = defaultdict(deque)
        self._counting = threading.Lock()

    def count(self) -> None:
        """Count a run of whoever asks.

        Raises
        ------
        Problem
            429, with the seconds after which there is room again.
        """
        now = time.monotonic()
        with self._counting:
            moments = self._moments[person.get()]
            while moments and now - moments[0] >= _MINUTE:
                moments.popleft()
            if len(moments) >= self._most:
                wait = max(1, round(moments[0] + _MINUTE - now))
                raise Problem(
                    429,
                    "Too many runs at once",
                    f"{self._most:,} runs were submitted within a minute: wait {wait} s. One run "
                    "can hold many seeds, criteria and sparsities.",
                    retry_after=wait,
                )
            moments.append(now)
