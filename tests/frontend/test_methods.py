"""Methods paragraphs say what a configuration says, and cite what the bibliography has."""

from __future__ import annotations

import re
from typing import Any

import pytest

from frontend.exports.methods import bibtex_of, methods_of
from frontend.figures.view import View
from frontend.sheets.base import Sheet, Stage, Voice
from pruning.criteria.base import criteria
from pruning.data.image_base import image_datasets
from pruning.events import Note, Result
from pruning.experiments.base import experiments
from pruning.models.base import models
from pruning.recipes.base import recipes
from pruning.references import reference
from tests.frontend.fakes import a_run

NOTES = [Note(level="info", text="Latencies: CPU, 2 threads."), Note(level="warning", text="Oh.")]


def sheet(*runs: Any) -> Sheet:
    result = Result(notes=NOTES)
    stages = {r.id: Stage(r.id, "Run", View(), result, [Voice(r, "0-0")]) for r in runs}
    return Sheet("Runs", stages, [])


def run(run_id: str, experiment: str, title: str = "", **settings: Any) -> Any:
    config = experiments[experiment].config(**settings).model_dump(mode="json")
    return a_run(run_id, experiment=experiment, title=title, config=config)


def cited(text: str) -> set[str]:
    return set(re.findall(r"(?<!\\)@([\w-]+)", text))


def entries(bibtex: str) -> list[str]:
    """The keys of a bibliography, each entry checked to be one."""
    found = [entry for entry in bibtex.split("\n\n") if entry.strip()]
    for entry in found:
        assert entry.count("{") == entry.count("}")
        assert re.match(r"@[a-z]+\{[\w-]+,\n", entry)
        *fields, end = entry.strip().splitlines()[1:]
        assert end == "}"
        assert all(re.fullmatch(r"  [a-z]+ = \{.+\},?", field) for field in fields)
        assert entry.isascii()
    return [re.findall(r"@[a-z]+\{([\w-]+),", entry)[0] for entry in found]


def test_a_toy_run():
    said = methods_of(sheet(run("a", "toy", dataset="moon", criteria=["lrp"])))
    assert "the dataset Moons [@pedregosa2011] with noise of standard deviation 0.1" in said
    assert "three hidden layers of 100, 100 and 100 units" in said
    assert "by the criterion Layer-wise relevance [@yeom2021], computed over 10 reference" in said
    assert "21 values from 0 % to 95 %" in said


def test_a_toy_study_follows_its_recipe():
    said = methods_of(sheet(run("a", "toy_study", training="published")))
    assert "with the recipe “Pruning by explaining: the toy study” [@yeom2021]" in said
    assert "Moons [@pedregosa2011], Circles [@pedregosa2011] and Four spiral arms" in said
    assert "drawn 50 times" in said
    assert "Spearman" not in said
    assert (
        "for 10,000 steps on all training points [@yeom2021], with a learning rate of 0.001 and"
        in said
    )
    said = methods_of(sheet(run("a", "toy_study", seeds=1, ranks=True, test="noisy")))
    assert "drawn once." in said
    assert "the recipe" not in said
    assert "for 1,500 minibatches of 32 points, with a learning rate of 0.0281 that falls" in said
    assert "Spearman" in said
    assert "Gaussian noise of standard deviation 0.1" in said


def test_a_sweep_says_where_it_computed_in_16_bits():
    assert "bfloat16" not in methods_of(sheet(run("a", "sweep")))
    said = methods_of(sheet(run("a", "sweep", precision="bfloat16")))
    assert "Products and convolutions in training were computed in bfloat16" in said


def test_a_sweep():
    said = methods_of(sheet(run("a", "sweep")))
    for part in (
        "Digits 8×8 [@pedregosa2011]: grey images of 8 × 8 pixels in 10 classes, 1,437 training",
        "15 % were held out for validation",
        "LeNet-300-100 [@lecun1998; @frankle2019]",
        "for 20 epochs with Adam [@kingma2015] in batches of 64, with a learning rate of 0.001.",
        "whole units (neurons or filters) were ranked within each layer by the criteria",
        "For Layer-wise relevance the scores were computed on 256 training images.",
        "The output layer stayed whole.",
        "each in one shot from the dense network. The pruned networks were not fine-tuned.",
        "repeated with three seeds (0, 1 and 2)",
        "PruneLab 0.1.0 [@prunelab]. Latencies: CPU, 2 threads.",
    ):
        assert part in said
    assert "Oh." not in said


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        (
            {"schedule": "cubic", "finetune_epochs": 1, "steps": 10},
            "in 10 steps of a cubic schedule [@zhu2017], and reported at the nearest step",
        ),
        ({"finetune_epochs": 1}, "for one epoch under its mask, with a learning rate of 0.0001."),
        ({"rewind": 0, "finetune_epochs": 2}, "to their initial values [@frankle2019]"),
        ({"epochs": 0}, "without any training before."),
        ({"prune_at": "initialisation"}, "Before training, whole units"),
        (
            {"prune_at": "during", "schedule": "cubic"},
            "they rose along a cubic schedule [@zhu2017] until 75 % of the training",
        ),
        ({"seeds": [7]}, "One seed (7) was used."),
        ({"optimizer": "sgd", "l2": 0.01}, "and with an L2 penalty of 0.01."),
        ({"optimizer": "nesterov"}, "with stochastic gradient descent (Nesterov momentum 0.9) in"),
        ({"training_images": 100}, "100 training images, drawn evenly from the classes and 360"),
        ({"granularities": ["weight", "unit"]}, "single weights, and separately whole units"),
        ({"layer_shuffled": True}, "As a control the same shares"),
        (
            {"rewind": 0, "finetune_epochs": 2, "reinitialised": True},
            "As a control other initial weights were trained under the same masks.",
        ),
        ({"criteria": ["grasp"]}, "GraSP had temperature 200 and batch norm eval."),
        ({"keep": "best_accuracy"}, "The weights of the epoch with the best validation accuracy"),
        ({"scope": "erk", "granularities": ["weight"], "criteria": ["weight"]}, "[@evci2020]"),
        ({"exclude": ["first", "fc2"]}, "The first layer and the layer fc2 stayed whole."),
        ({"validation": 0}, "No training images were held out."),
        ({"scope": "global"}, "ranked over all layers together"),
        (
            {"penalties": ["group_lasso=0.01", "group_variance=0.1"], "l1": 1e-4},
            "and with an L1 penalty of 0.0001, the penalty Group lasso [@yuan2006; @wen2016] of "
            "0.01 and the penalty Group variance [@torfi2018; @torfi2019] of 0.1.",
        ),
        ({"l2": 0.01, "spared": ["first"]}, "of 0.01. The first layer had no penalty."),
    ],
)
def test_settings_of_a_sweep_are_told(settings: dict[str, Any], expected: str):
    assert expected in methods_of(sheet(run("a", "sweep", **settings)))


def test_several_runs_share_and_differ():
    first = run("a", "sweep", "Small *steps*")
    other = run("b", "sweep", "Large", learning_rate=0.01, criteria=["snip", "random"])
    said = methods_of(sheet(first, other, run("c", "sweep", "Again")))
    assert said.startswith("Three runs of the experiment “Pruning sweep” were compared.")
    assert said.count("The dataset was") == 1
    assert "In “Small \\*steps\\*”: The network was trained for 20 epochs" in said
    assert (
        "“Large” differs from “Small \\*steps\\*” in: criteria SNIP [@lee2019] and Random" in said
    )
    assert "learning rate 0.01." in said
    assert "“Again” repeats “Small" in said
    assert "lee2019" in entries(bibtex_of(sheet(first, other)))


def test_runs_without_titles_have_numbers_and_experiments_a_paragraph_each():
    said = methods_of(sheet(run("a", "toy"), run("b", "toy", grid=50), run("c", "sweep")))
    assert "Run 2 differs from run 1 in: grid 50." in said
    assert len(said.strip().split("\n\n")) == 3


def test_an_experiment_that_is_gone_tells_its_settings():
    gone = a_run("a", experiment="gone", config={"dataset": "mnist", "knob": 3, "list": ["@x"]})
    said = methods_of(sheet(gone))
    assert "Its settings were: dataset MNIST [@lecun1998]; knob 3; list \\@x." in said
    assert entries(bibtex_of(sheet(gone))) == ["lecun1998", "prunelab"]


@pytest.mark.parametrize("recipe", list(recipes), ids=lambda recipe: recipe.name)
def test_what_a_recipe_cites_is_in_its_bibliography(recipe):
    page = sheet(run("a", recipe.experiment, **recipe.config))
    text, keys = methods_of(page), entries(bibtex_of(page))
    assert set(recipe.papers) <= cited(text)
    assert cited(text) == set(keys)
    assert len(set(keys)) == len(keys)
    assert keys == sorted(keys)
    # A sentence ends once, and starts with a capital letter.
    assert not re.search(r"\.\.|  |\s[,.;]|\. [a-z]", text)


def test_of_a_run_that_is_older_than_a_setting_what_held_then_is_told():
    old = run("a", "sweep", "Old", criteria=["grasp", "weight"])
    stored = {key: value for key, value in old.config.items() if key != "criterion_settings"}
    said = methods_of(sheet(old.model_copy(update={"config": stored})))
    assert "GraSP had temperature 1 and batch norm eval." in said


@pytest.mark.parametrize("name", criteria.names())
def test_every_criterion_is_cited(name: str):
    granularity, model = criteria[name].granularities[0], "resnet-20"
    settings = {"granularities": [granularity], "model": model, "dataset": "cifar10"}
    said = methods_of(sheet(run("a", "sweep", criteria=[name], **settings)))
    papers = criteria[name].papers
    assert papers
    assert set(papers) <= cited(said)


@pytest.mark.parametrize("entry", [*models, *image_datasets], ids=lambda entry: entry.name)
def test_every_model_and_dataset_of_images_names_papers_that_there_are(entry):
    assert entry.papers
    assert all(reference(key).title for key in entry.papers)
