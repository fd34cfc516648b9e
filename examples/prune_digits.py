"""The science alone, cell by cell: no server, no database, no browser.

Train a small network on handwritten digits, rank its hidden units by two criteria, take the lowest
half of them out of the network, and see what that costs and what it brings::

    python examples/prune_digits.py
"""

# %% What is needed: a dataset, a model, criteria, and what measures.
from pathlib import Path

import torch

from pruning.context import Context
from pruning.criteria.base import criteria
from pruning.criteria.evidence.network import score_layers
from pruning.data.image_base import image_datasets
from pruning.evaluation.accuracy import evaluate
from pruning.evaluation.batches import Splits
from pruning.evaluation.latency import speedup
from pruning.masks.ranking import keep_highest
from pruning.models.base import models
from pruning.structure.cost import cost_of
from pruning.structure.groups import Structure, slim
from pruning.threads import one_thread
from pruning.training.loop import train
from pruning.training.objective import Objective
from pruning.training.optimisers import Training

SPARSITY = 0.5
context = Context(data_dir=Path("data"))
digits = image_datasets["digits"]


def finish(work):
    """Let what reports on its way come to its end: what it returns."""
    while True:
        try:
            next(work)
        except StopIteration as end:
            return end.value


# %% Load and train. Both say how far they are; here nobody listens.
data = Splits.of(finish(digits.load(context.data_dir)), digits, context.device)
network = models["lenet-300-100"].untrained(digits.shape, len(digits.classes), seed=0)
with one_thread():
    finish(train(Objective(network, Training(epochs=8)), data, context))

# %% What can be removed, what criteria look at, and what is timed.
structure = Structure.of(network, digits.shape)
layers = [name for group in structure.groups for name in group.layers]
whole = {name: torch.ones(count, dtype=bool) for name, count in structure.unit_counts.items()}
x, y = data.train.batch(torch.arange(100))
images, _ = data.test.batch(slice(None))

# %% Score, rank, remove, measure: the same lines for any criterion.
print(f"{'':<28}accuracy  parameters  speed-up  quartiles")
dense = cost_of(network, digits.shape).nonzero
print(
    f"{'Unpruned':<28}{evaluate(network, data.test, context).accuracy:8.1%}{dense:12,}        1×  –"
)
for name in ("weight", "taylor_abs"):
    scores = score_layers(network, layers, criteria[name], "unit", x, y, seed=0)
    smaller = slim(network, digits.shape, keep_highest(scores, whole, SPARSITY, spare=True))
    accuracy = evaluate(smaller, data.test, context).accuracy
    size = cost_of(smaller, digits.shape).nonzero
    with one_thread():
        faster = speedup(network, smaller, images)
    times, quartiles = f"{faster.median:.2f}×", f"{faster.q1:.2f}–{faster.q3:.2f}"
    print(f"{criteria[name].title:<28}{accuracy:8.1%}{size:12,}{times:>10}  {quartiles}")
