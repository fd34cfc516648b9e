"""What operations take, in seconds each: measured on two cores of a server that did nothing else.

Another machine is faster or slower by some factor, which its own runs tell. What a child of a
worker loads before its first run (:mod:`workers.warm`) is none of it.
"""

from __future__ import annotations

RATES: dict[str, float] = {
    # Of image networks: what each training, step, layer and number costs.
    "start": 0.1,
    "pixel": 2e-9,
    "training": 0.05,
    "epoch": 0.03,
    "step": 3e-4,
    "layer step": 2e-4,
    "weight step": 1.5e-9,
    "linear training": 3e-11,
    "convolution training": 5e-11,
    "value training": 2.5e-9,
    "layer pass": 3e-4,
    "linear evaluation": 1e-11,
    "convolution evaluation": 1.5e-11,
    "value evaluation": 8e-10,
    # Of pruned ones.
    "structure": 0.1,
    "layer traced": 0.02,
    "network": 0.02,
    "layer cut": 1e-3,
    "weight cut": 5e-9,
    "weight stored": 5e-8,
    "onnx file": 0.7,
    "torch_export file": 0.7,
    "layer exported": 0.07,
    "second": 1.0,
    # Of penalties and of looking at networks while they learn.
    "penalty": 2e-5,
    "penalty weight": 1e-9,
    "moment": 0.01,
    # Of masks over the inputs.
    "masked step": 8e-4,
    "masked value": 3e-9,
    "head step": 4e-4,
    "head": 4e-11,
    "mask picture": 0.05,
    "version": 5e-5,
    "tree": 6e-3,
    "tree split": 2.5e-8,
    # Of information between groups of units.
    "compilation": 9.0,
    "tree pair": 2.5e-9,
    "distance": 1e-9,
    "block": 1e-3,
    "scored layer": 0.02,
    # Of toy networks.
    "toy start": 0.05,
    "toy picture": 2e-3,
    "toy point": 2e-8,
    "toy evaluation": 3e-11,
    "toy step": 3e-4,
    "toy weight step": 1e-9,
    "toy training": 1e-10,
    "toy training on all": 1.2e-11,
    "toy part": 0.05,
    "toy mask": 4e-4,
    "toy study evaluation": 7e-12,
    "toy study scoring": 2.5e-11,
    "toy comparison": 1e-9,
}
