"""The parts of the application put together, once per process."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from redis.backoff import ExponentialBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError
from redis.retry import Retry
from sqlalchemy import Engine

from backend.access.service import Access
from backend.applied_masks import AppliedMasks
from backend.artifacts import Artifacts
from backend.broker import Presence, RunQueue, celery_app, connect
from backend.budget import Budget
from backend.comments import Comments
from backend.dashboards import Dashboards
from backend.datasets import Datasets
from backend.describing import Describer
from backend.estimates import Estimates
from backend.event_log import EventLog
from backend.hand_masks import HandMasks
from backend.importances import ImportancesFiles
from backend.operating_points import OperatingPoints
from backend.pictures import Pictures
from backend.places import prepare
from backend.points import OwnPoints
from backend.queue_view import QueueView
from backend.recovery import Recovery
from backend.run_list import RunList
from backend.runs import Runs
from backend.settings import Settings
from backend.shares import Shares
from backend.store.engine import make_engine
from backend.store.history import History
from backend.store.listing import Listing
from backend.store.repository import Repository

# One more try for a connection that was lost in the meantime; none for a server that hangs.
_IMPATIENT = Retry(
    ExponentialBackoff(cap=0.2, base=0.05), retries=1, supported_errors=(RedisConnectionError,)
)


_PAUSE_SECONDS = 2.0


def _patient(seconds: float) -> Retry:
    """A worker that cannot write to the event log waits rather than lose what it computed."""
    return Retry(
        ExponentialBackoff(cap=_PAUSE_SECONDS, base=0.1),
        retries=max(1, round(seconds / _PAUSE_SECONDS)),
        supported_errors=(RedisConnectionError, RedisTimeoutError),
    )


@dataclass(frozen=True)
class Services:
    """What the routes, the pages and the workers are given."""

    settings: Settings
    engine: Engine
    runs: Runs
    run_list: RunList
    queue_view: QueueView
    recovery: Recovery
    presence: Presence
    artifacts: Artifacts
    applied_masks: AppliedMasks
    datasets: Datasets
    hand_masks: HandMasks
    importances: ImportancesFiles
    operating_points: OperatingPoints
    pictures: Pictures
    points: OwnPoints
    access: Access
    shares: Shares
    dashboards: Dashboards
    comments: Comments
    describer: Describer
    estimates: Estimates


def make_services(settings: Settings, *, patient: bool = False) -> Services:
    """Connect everything; nothing is contacted before it is used.

    ``patient`` clients wait for a Redis that went away, as long as the settings say: right for a
    worker in the middle of a run, wrong for a page that somebody is looking at.
    """
    prepare(settings)
    engine = make_engine(settings.database_url)
    redis = connect(settings, retry=_patient(settings.broker_seconds) if patient else _IMPATIENT)
    queue = RunQueue(celery_app(settings), redis)
    presence = Presence(redis)
    artifacts = Artifacts(settings.artifacts_url)
    repository, log = Repository(engine), EventLog(redis)
    describer = Describer(settings)
    runs = Runs(
        repository,
        log,
        queue,
        presence,
        artifacts,
        settings.most_waiting,
        settings.most_per_minute,
        Budget(settings.data_dir, describer, settings.most_hours, settings.memory_gib),
    )
    listing = Listing(engine)
    run_list = RunList(listing, runs, settings.bin_days)
    queue_view = QueueView(repository, listing, runs, log, queue, presence)
    patience = timedelta(hours=settings.missing_hours)
    recovery = Recovery(runs, queue, settings.attempts, patience)
    datasets = Datasets(settings.data_dir, settings.shared, settings.upload_bytes)
    estimates = Estimates(settings.data_dir, History(engine), describer, queue_view)
    access, shares = Access(settings, engine), Shares(engine)
    return Services(
        settings=settings,
        engine=engine,
        runs=runs,
        run_list=run_list,
        queue_view=queue_view,
        recovery=recovery,
        presence=presence,
        artifacts=artifacts,
        applied_masks=AppliedMasks(runs, artifacts),
        datasets=datasets,
        hand_masks=HandMasks(engine, runs),
        importances=ImportancesFiles(settings.data_dir),
        operating_points=OperatingPoints(runs),
        pictures=Pictures(engine, artifacts),
        points=OwnPoints(settings.data_dir),
        access=access,
        shares=shares,
        dashboards=Dashboards(engine),
        comments=Comments(engine),
        describer=describer,
        estimates=estimates,
    )
