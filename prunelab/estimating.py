"""How long a run would take, told without a server: from the local database, if there is one."""

from __future__ import annotations

from backend.describing import Describer
from backend.estimates import Estimates
from backend.settings import Settings
from backend.store.engine import make_engine, migrate
from backend.store.history import History
from pruning.experiments.base import ExperimentConfig


def estimated(experiment: str, config: ExperimentConfig) -> str:
    """How long a run in this process takes, in words, with what tells so."""
    settings = Settings()
    engine = make_engine(settings.database_url)
    migrate(engine)
    estimates = Estimates(settings.data_dir, History(engine), Describer(settings))
    found = estimates.asked(experiment, config.model_dump(mode="json"))
    engine.dispose()
    return f"{found.takes}, {found.source}" if found.seconds else found.source
