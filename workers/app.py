"""The Celery application that the workers run.

Each worker process is a parent that never imports torch and children (prefork) that do, before
their first run: a child of the ``interactive`` queue stays warm; one of the ``training`` queue ends
after one run, which gives the memory of the device back.
"""

from __future__ import annotations

import importlib
import logging
import os
import socket
import threading
import time
from functools import cache
from typing import Any, get_args

from celery import Task
from celery.signals import worker_process_init
from redis import RedisError
from sqlalchemy.exc import SQLAlchemyError

from backend.broker import PRESENCE_INTERVAL, TASK, Presence, celery_app, connect
from backend.leftovers import tidy_home
from backend.services import Services, make_services
from backend.settings import Settings
from pruning.experiments.base import Queue
from workers.launcher import end_with_parent
from workers.limits import be_ended_first
from workers.run import carry_out
from workers.warm import WarmUp

log = logging.getLogger(__name__)

settings = Settings()
app = celery_app(settings)
_warm_ups: list[WarmUp] = []
app.conf.update(worker_hijack_root_logger=True, worker_proc_alive_timeout=120)


@cache
def services() -> Services:
    """The services of this process, made after the fork: connections do not survive one."""
    return make_services(settings, patient=True)


@app.task(name=TASK, bind=True)
def run(self: Task[[str], None], run_id: str) -> None:
    """Carry out one run."""
    for warm_up in _warm_ups:
        warm_up.stop()
    carry_out(services(), run_id, owner=str(self.request.hostname) + "/" + str(self.request.id))


@worker_process_init.connect
def _start_child(**_: Any) -> None:
    """Import what a person would otherwise wait for, then say that runs can come."""
    end_with_parent()
    be_ended_first()
    queues = [queue for queue in get_args(Queue) if queue in app.amqp.queues.consume_from]
    threading.Thread(target=_tidy, daemon=True).start()
    present = threading.Thread(target=_stay_present, args=(queues,), daemon=True)
    if "interactive" not in queues:
        # A training run may wait a few seconds, but is not to be refused between two children.
        present.start()
    for queue in queues:
        # A study's children take none of the cores while PruneLab starts.
        warm_up = WarmUp(queue, idle_seconds=5.0 if queue == "parts" else 0.0)
        warm_up.start()
        _warm_ups.append(warm_up)
    if "interactive" in queues:
        importlib.import_module("torch")
        present.start()


def _tidy() -> None:
    """Remove what was left on this machine by those that were killed."""
    try:
        tidy_home(settings, services().runs.repository)
    except SQLAlchemyError:
        log.warning("cannot tidy up: the database does not answer")


def _stay_present(queues: list[Queue]) -> None:
    presence = Presence(connect(settings))
    name = f"{socket.gethostname()}/{os.getpid()}"
    while True:
        try:
            for queue in queues:
                presence.announce(queue, name)
        except RedisError:
            log.warning("cannot announce this worker: Redis does not answer")
        time.sleep(PRESENCE_INTERVAL)
