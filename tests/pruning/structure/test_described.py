"""What networks are made of, kept as words."""

from __future__ import annotations

from pruning.models.base import models
from pruning.structure.cost import cost_of
from pruning.structure.described import Described, describe, kept_description
from pruning.structure.groups import Structure


def test_a_description_tells_the_layers_and_is_found_again(tmp_path):
    of = Described("lenet5", (1, 28, 28), 10)
    assert kept_description(of, tmp_path) is None
    found = describe(of, tmp_path)
    assert kept_description(of, tmp_path) == found
    assert [layer.name for layer in found.layers] == ["conv1", "conv2", "fc1", "output"]
    conv1, _, fc1, output = found.layers
    assert (conv1.kind, conv1.units, conv1.parameters) == ("convolution", 20, 20 * 26)
    assert (conv1.values, conv1.multiply_adds) == (20 * 24 * 24, 20 * 24 * 24 * 25)
    assert (fc1.kind, fc1.multiply_adds, output.values) == ("linear", 800 * 500, 10)
    assert found.parameters == 431_080


def test_it_counts_as_the_cost_of_a_network_does(tmp_path):
    shape = (3, 32, 32)
    found = describe(Described("resnet-20", shape, 10), tmp_path)
    cost = cost_of(models["resnet-20"].untrained(shape, 10, 0), shape)
    assert found.multiply_adds() == cost.multiply_adds
    assert found.parameters == cost.parameters
    parts = found.multiply_adds("linear") + found.multiply_adds("convolution")
    assert parts == cost.multiply_adds


def test_what_is_kept_and_cannot_be_read_counts_as_not_there(tmp_path):
    of = Described("lenet-300-100", (1, 8, 8), 10)
    describe(of, tmp_path)
    of.path(tmp_path).write_text("{")
    assert kept_description(of, tmp_path) is None


def test_it_tells_what_may_lose_units(tmp_path):
    found = describe(Described("resnet-20", (3, 32, 32), 10), tmp_path)
    structure = Structure.of(models["resnet-20"].untrained((3, 32, 32), 10, 0), (3, 32, 32))
    assert found.removable_units([]) == [group.units for group in structure.groups]
    spared = Structure.of(structure.network, (3, 32, 32), ["first", "stage2.0.conv1"])
    left = [group.units for group in spared.groups]
    assert found.removable_units(["first", "stage2.0.conv1", "output"]) == left
    assert len(left) < len(structure.groups)


def test_of_a_network_that_cannot_lose_units_the_layers_are_known(tmp_path, monkeypatch):
    def refuse(*_: object) -> None:
        raise ValueError("its layers are tangled")

    monkeypatch.setattr(Structure, "of", refuse)
    found = describe(Described("lenet-300-100", (1, 8, 8), 10), tmp_path)
    assert found.names == ("fc1", "fc2", "output")
    assert found.removable_units([]) is None
