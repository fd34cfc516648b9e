"""What figures say in words, made of their traces and layout alone."""

from __future__ import annotations

from typing import Any

from tests.browser.evaluator import Evaluator

SAY = """async (figure) => (await import("#figures/in_words.js")).inWords(figure)"""
SHARES = {"title": {"text": "share removed"}, "tickformat": ".0%"}
ACCURACY = {"title": {"text": "test accuracy"}, "tickformat": ".0%"}


def said(evaluator: Evaluator, *data: dict[str, Any], **layout: Any) -> str:
    words: str = evaluator.page.evaluate(SAY, {"data": data, "layout": layout})
    return words


def test_a_curve_is_told_by_its_ends_and_what_lies_beyond_them(evaluator: Evaluator):
    falls = {"type": "scatter", "name": "A &lt; B", "x": [0, 0.5, 0.9], "y": [0.9, 0.95, 0.1]}
    level = {"type": "scatter", "name": "Dense", "x": [0, 1], "y": [0.9, 0.9]}
    hidden = {**level, "name": "Random", "visible": False}
    assert said(evaluator, falls, level, hidden, xaxis=SHARES, yaxis=ACCURACY) == (
        "Test accuracy against share removed: A < B falls from 90.0 % at 0.0 % to 10.0 % at "
        "90.0 %, the most 95.0 % at 50.0 %; Dense stays at 90.0 %."
    )


def test_a_boundary_is_told_by_what_share_of_the_plane_each_class_takes(evaluator: Evaluator):
    region = {
        "type": "heatmap",
        "meta": {"bind": {"z": {"class": 101, "confidence": 1}}},
        "customdata": [[0, 0], [0, 1]],
    }
    points = {
        "type": "scatter",
        "meta": {"bind": {"marker.symbol": "class"}},
        "y": [1, 2, 3],
        "customdata": [[0, 0, 90], [0, 1, 60], [1, "–", "–"]],
    }
    assert said(evaluator, region, points) == (
        "Of the plane, class 0 takes 75.0 %; class 1 takes 25.0 %. "
        "Points drawn: 2 of class 0; 1 of class 1; 1 of them taken for another class."
    )


def test_a_matrix_is_told_by_its_least_and_its_greatest_number(evaluator: Evaluator):
    matrix = {
        "type": "heatmap",
        "x": ["cat", "dog"],
        "y": ["cat", "dog"],
        "z": [[0.75, 0.25], [0.1, 0.9]],
        "hovertemplate": "%{z:.1%}",
    }
    axes = {"xaxis": {"title": {"text": "taken for"}}, "yaxis": {"title": {"text": "is"}}}
    assert said(evaluator, matrix, **axes) == (
        "2 rows by 2 columns of numbers, from 10.0 % (is dog, taken for cat) to 90.0 % "
        "(is dog, taken for dog)."
    )


def test_a_figure_without_anything_in_it_says_nothing(evaluator: Evaluator):
    assert said(evaluator, {"type": "scatter", "name": "Dense", "x": [], "y": []}) == ""
