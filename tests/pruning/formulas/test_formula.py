"""Formulas: what they are worth, held against plain Python, and what is refused where."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

import numpy as np
import pytest

from pruning.formulas.formula import Formula
from pruning.formulas.tokens import FormulaError

POINTS = [(0.3, -0.7), (-1.2, 0.4), (0.0, 0.0), (1.5, 1.5), (-0.5, -1.1), (0.0, 1.0)]
NAN, INF = math.nan, math.inf


@dataclass
class Written:
    """A random formula as text, and its value by plain Python at each point."""

    text: str
    values: list[float]
    is_truth: bool = False


def quietly(function, *values: float) -> float:
    """What IEEE arithmetic says where Python raises."""
    if any(map(math.isnan, values)):
        return NAN
    try:
        return float(function(*values))
    except (ValueError, OverflowError, ZeroDivisionError):
        return slow_limits(function, *values)


def slow_limits(function, *values: float) -> float:
    if function is math.exp:
        return INF
    if function is math.log:
        return -INF if values[0] == 0 else NAN
    if function in (math.sin, math.cos, math.tan, math.sqrt):
        return NAN
    if function is math.floor:
        return values[0]
    if function is divide:
        top, bottom = values
        return NAN if top == 0 else math.copysign(INF, top) * math.copysign(1, bottom)
    if function is power:
        base, exponent = values
        if base == 0:
            is_odd = exponent == int(exponent) and int(exponent) % 2
            return math.copysign(INF, base) if is_odd else INF
        if base < 0 and exponent != int(exponent):
            return NAN
        return -INF if base < 0 and int(exponent) % 2 else INF
    raise AssertionError(function)


def divide(top: float, bottom: float) -> float:
    return top / bottom


def power(base: float, exponent: float) -> float:
    return math.pow(base, exponent)


def sign(value: float) -> float:
    return float((value > 0) - (value < 0))


FUNCTIONS = {
    "sin": math.sin,
    "cos": math.cos,
    "tan": math.tan,
    "exp": math.exp,
    "log": math.log,
    "sqrt": math.sqrt,
    "abs": abs,
    "sign": sign,
    "floor": math.floor,
}
NAMES = {
    "x": lambda x, y: x,
    "y": lambda x, y: y,
    "r": math.hypot,
    "t": lambda x, y: math.atan2(y, x),
    "pi": lambda x, y: math.pi,
    "e": lambda x, y: math.e,
}
OPERATIONS = {
    "+": lambda one, other: one + other,
    "-": lambda one, other: one - other,
    "*": lambda one, other: one * other,
    "/": divide,
    "^": power,
}
COMPARISONS = {
    "<": lambda one, other: one < other,
    "<=": lambda one, other: one <= other,
    ">": lambda one, other: one > other,
    ">=": lambda one, other: one >= other,
}


def a_value(draw: random.Random, depth: int) -> Written:
    """An expression whose every part is in brackets, so that no rule of precedence is needed."""
    kind = draw.choice(
        ["name", "number"] if depth == 0 else ["name", "two", "one", "most", "minus"]
    )
    if kind == "name":
        name = draw.choice(list(NAMES))
        return Written(name, [NAMES[name](x, y) for x, y in POINTS])
    if kind == "number":
        number = draw.choice(["0", "2", "3.5", ".25", "1e1", "7."])
        return Written(number, [float(number)] * len(POINTS))
    parts = [a_value(draw, depth - 1) for _ in range(2)]
    columns = list(zip(*(part.values for part in parts), strict=True))
    one, other = (part.text for part in parts)
    if kind == "one":
        name = draw.choice(list(FUNCTIONS))
        return Written(f"{name}({one})", [quietly(FUNCTIONS[name], a) for a, _ in columns])
    if kind == "most":
        name, function = draw.choice([("min", min), ("max", max)])
        return Written(f"{name}({one}, {other})", [quietly(function, a, b) for a, b in columns])
    if kind == "minus":
        return Written(f"(-({one}))", [-a for a, _ in columns])
    name = draw.choice(list(OPERATIONS))
    space = draw.choice(["", " "])
    values = [quietly(OPERATIONS[name], a, b) for a, b in columns]
    return Written(f"(({one}){space}{name}{space}({other}))", values)


def a_truth(draw: random.Random, depth: int) -> Written:
    if depth == 0:
        one, other = a_value(draw, 2), a_value(draw, 2)
        name = draw.choice(list(COMPARISONS))
        values = [
            quietly(COMPARISONS[name], a, b) for a, b in zip(one.values, other.values, strict=True)
        ]
        return Written(f"{one.text} {name} {other.text}", values, is_truth=True)
    one, other = a_truth(draw, depth - 1), a_truth(draw, depth - 1)
    columns = list(zip(one.values, other.values, strict=True))
    if draw.random() < 0.3:
        return Written(f"not ({one.text})", [1 - a for a, _ in columns], is_truth=True)
    word, function = draw.choice([("and", min), ("or", max)])
    values = [quietly(function, a, b) for a, b in columns]
    return Written(f"({one.text}) {word} ({other.text})", values, is_truth=True)


def values_of(text: str) -> list[float]:
    x, y = np.array(POINTS).T
    return Formula.read(text).values(x, y).tolist()


@pytest.mark.parametrize("seed", range(8))
def test_random_expressions_are_worth_what_plain_python_says(seed: int):
    draw = random.Random(seed)
    kept = 0
    for _ in range(200):
        written = a_value(draw, 3)
        if len(written.text) > 300:
            continue
        kept += 1
        np.testing.assert_allclose(
            values_of(written.text), written.values, rtol=1e-9, atol=1e-9, err_msg=written.text
        )
    assert kept > 100


@pytest.mark.parametrize("seed", range(8))
def test_random_truths_are_what_plain_python_says(seed: int):
    draw = random.Random(seed)
    kept = agreeing = 0
    for _ in range(200):
        written = a_truth(draw, draw.randrange(3))
        if len(written.text) > 300:
            continue
        formula = Formula.read(written.text)
        assert formula.is_truth
        found = values_of(written.text)
        kept += len(found)
        # What is equal but for the last digit may be told apart differently.
        agreeing += sum(
            a == b or (math.isnan(a) and math.isnan(b))
            for a, b in zip(found, written.values, strict=True)
        )
    assert kept > 300
    assert agreeing >= 0.99 * kept


@pytest.mark.parametrize(
    ("text", "bracketed"),
    [
        ("1 - 2 - 3", "(1 - 2) - 3"),
        ("1/2 x", "(1/2) * x"),
        ("2 x^2", "2 * (x^2)"),
        ("-x^2", "-(x^2)"),
        ("2^-x", "2^(-x)"),
        ("2^x^2", "2^(x^2)"),
        ("2**x", "2^x"),
        ("x -y", "x - y"),
        ("3sin(2pi x)", "3 * sin(2 * pi * x)"),
        ("2e x", "2 * e * x"),
        ("(x) (y)", "x * y"),
        ("x (y + 1) r", "x * (y + 1) * r"),
        ("−x · 2 ≤ π", "-x * 2 <= pi"),
        ("x < 0 or y < 0 and r < 1", "x < 0 or (y < 0 and r < 1)"),
        ("not x < 0 and y < 0", "(not (x < 0)) and y < 0"),
        ("x + 1 > y * 2", "(x + 1) > (y * 2)"),
        ("(x > 0) + (y > 0)", "max(x > 0, 0) + max(y > 0, 0)"),
    ],
)
def test_what_binds_more_tightly(text: str, bracketed: str):
    np.testing.assert_array_equal(values_of(text), values_of(bracketed))


def test_brackets_change_what_they_are_there_to_change():
    assert values_of("1 - (2 - 3)") != values_of("1 - 2 - 3")
    assert values_of("(x < 0 or y < 0) and r < 1") != values_of("x < 0 or y < 0 and r < 1")


def test_a_class_is_the_value_rounded_down_counted_round_the_classes():
    values = np.array([-1.5, -0.5, 0.0, 0.99, 1.0, 2.0, 3.7])
    formula = Formula.read("x")
    found = formula.classes(values, np.zeros_like(values), 3)
    assert found.tolist() == [1, 2, 0, 0, 1, 2, 0]


@pytest.mark.parametrize("text", ["1/x", "log(-x)", "exp(1000/x)", "0/x", "x^-1", "1e999 x"])
def test_where_there_is_no_value_there_is_no_class_and_no_warning(text: str):
    found = Formula.read(text).classes(np.array([0.0]), np.array([0.0]), 2)
    assert found.tolist() == [-1]


def test_a_comparison_with_what_has_no_value_is_neither_true_nor_false():
    x = np.array([-1.0, 1.0])
    for text in ("log(x) < 5", "not log(x) < 5", "x < 5 or log(x) < 5"):
        assert Formula.read(text).classes(x, x, 2)[0] == -1
        assert Formula.read(text).classes(x, x, 2)[1] >= 0


@pytest.mark.parametrize(
    ("text", "at", "said"),
    [
        ("", 0, "write a formula"),
        ("   ", 0, "write a formula"),
        ("xy", 0, "write x y for a product"),
        ("1 + foo(x)", 4, "there is no “foo”"),
        ("Sin(x)", 0, "write sin in small letters"),
        ("__import__('os')", 0, "“_” means nothing"),
        ("x.real", 1, "“.” means nothing"),
        ("lambda", 0, "there is no “lambda”"),
        ("x = 1", 2, "“=” means nothing"),
        ("x > 1; y", 5, "“;” means nothing"),
        ("y >", 3, "ends too early"),
        ("y > * x", 4, "“*” cannot stand here"),
        ("(x + 1", 6, "add )"),
        ("x + 1)", 5, "leave it out"),
        ("()", 1, "“)” cannot stand here"),
        ("3 4", 2, "put a sign such as * before 4"),
        ("sin x", 0, "put brackets behind sin"),
        ("sin()", 4, "cannot stand here"),
        ("2 + sin(x, y)", 4, "sin takes one value, not 2"),
        ("min(x)", 0, "min takes 2 to 10 values, not 1"),
        ("x, y", 1, "“,” cannot stand here"),
        ("0 < x < 1", 6, "join two comparisons with and"),
        ("x and y > 0", 0, "“and” takes comparisons"),
        ("x > 0 or y", 9, "“or” takes comparisons"),
        ("not x", 4, "“not” takes comparisons"),
        ("(" * 40 + "x" + ")" * 40, 31, "nested at most 30 deep"),
        ("-" * 40 + "x", 31, "nested at most 30 deep"),
        ("2^" * 40 + "x", 62, "nested at most 30 deep"),
        ("(" * 10_000 + "x", 300, "at most 300 characters, this one has 10,001"),
        ("x + 日", 4, "there is no “日”"),
        ("x\x00", 1, "means nothing"),
    ],
)
def test_what_is_no_formula_is_refused_at_its_place(text: str, at: int, said: str):
    with pytest.raises(FormulaError) as refused:
        Formula.read(text)
    assert said in str(refused.value)
    assert refused.value.at == at


def test_the_longest_formulas_are_read():
    x = np.ones(3)
    assert Formula.read("+".join(["x"] * 150)).values(x, x).tolist() == [150.0] * 3
    assert Formula.read("(" * 30 + "x" + ")" * 30).values(x, x).tolist() == [1.0] * 3
