"""Reading a formula into steps for a stack, which are carried out without recursion."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

from pruning.formulas.tokens import ALLOWED, FUNCTIONS, FormulaError, Token, tokens

MOST_NESTED = 30
_COMPARISONS = ("<", "<=", ">", ">=")
_MISSING = "a number, a name or a bracket is missing"


class Step(NamedTuple):
    """Put a number or the value of a name on the stack, or do something to the topmost ones.

    Attributes
    ----------
    name
        What is done; ``number`` and the names of :data:`pruning.formulas.tokens.NAMES` take none
        from the stack.
    takes
        How many values it takes.
    value
        Of a number.
    """

    name: str
    takes: int = 0
    value: float = 0.0


class Parsed(NamedTuple):
    """The steps of a formula, and whether it says something true or false of each point."""

    steps: list[Step]
    is_truth: bool


def parse(text: str) -> Parsed:
    """Read a formula.

    Raises
    ------
    FormulaError
        If it is none; the message says what to change, and ``at`` where.
    """
    reading = _Reading(tokens(text))
    is_truth = reading.whole()
    return Parsed(reading.steps, is_truth)


class _Reading:
    """One pass over the tokens; what reads a part tells whether that is a truth."""

    def __init__(self, found: list[Token]) -> None:
        self.steps: list[Step] = []
        self._tokens = iter(found)
        self._next = next(self._tokens)
        self._nested = 0

    def whole(self) -> bool:
        is_truth = self._either()
        if self._next.kind != "end":
            raise self._misplaced()
        return is_truth

    def _either(self) -> bool:
        return self._joined("or", self._both)

    def _both(self) -> bool:
        return self._joined("and", self._negation)

    def _joined(self, word: str, part: Callable[[], bool]) -> bool:
        first = self._next
        is_truth = part()
        while self._next.text == word:
            self._check_truth(is_truth, word, first)
            self._take()
            first = self._next
            self._check_truth(part(), word, first)
            self.steps.append(Step(word, 2))
        return is_truth

    def _check_truth(self, is_truth: bool, word: str, first: Token) -> None:
        if not is_truth:
            raise FormulaError(f"“{word}” takes comparisons, such as x > 0", first.at)

    def _negation(self) -> bool:
        if self._next.text != "not":
            return self._comparison()
        self._take()
        first = self._next
        with self._deeper():
            self._check_truth(self._negation(), "not", first)
        self.steps.append(Step("not", 1))
        return True

    def _comparison(self) -> bool:
        is_truth = self._sum()
        if self._next.text not in _COMPARISONS:
            return is_truth
        sign = self._take().text
        self._sum()
        self.steps.append(Step(sign, 2))
        if self._next.text in _COMPARISONS:
            message = "join two comparisons with and: 0 < x and x < 1"
            raise FormulaError(message, self._next.at)
        return True

    def _sum(self) -> bool:
        is_truth = self._product()
        while self._next.text in ("+", "-"):
            sign = self._take().text
            self._product()
            self.steps.append(Step(sign, 2))
            is_truth = False
        return is_truth

    def _product(self) -> bool:
        is_truth = self._signed()
        while True:
            if self._next.text in ("*", "/"):
                sign = self._take().text
                self._signed()
            elif self._next.kind in ("name", "function") or self._next.text == "(":
                sign = "*"
                self._power()
            else:
                return is_truth
            self.steps.append(Step(sign, 2))
            is_truth = False

    def _signed(self) -> bool:
        if self._next.text not in ("-", "+"):
            return self._power()
        sign = self._take().text
        with self._deeper():
            self._signed()
        if sign == "-":
            self.steps.append(Step("negative", 1))
        return False

    def _power(self) -> bool:
        is_truth = self._atom()
        if self._next.text != "^":
            return is_truth
        self._take()
        with self._deeper():
            self._signed()
        self.steps.append(Step("^", 2))
        return False

    def _atom(self) -> bool:
        token = self._next
        if token.kind == "number":
            self.steps.append(Step("number", 0, float(self._take().text)))
        elif token.kind == "name":
            self.steps.append(Step(self._take().text))
        elif token.kind == "function":
            self._call()
        elif token.text == "(":
            return self._bracketed()
        else:
            raise self._misplaced()
        return False

    def _call(self) -> None:
        name = self._take()
        if self._next.text != "(":
            message = f"put brackets behind {name.text}: {name.text}(x)"
            raise FormulaError(message, name.at)
        least, most = FUNCTIONS[name.text]
        count = 0
        with self._deeper():
            while count == 0 or self._next.text == ",":
                self._take()
                self._either()
                count += 1
        if not least <= count <= most:
            many = "one value" if most == 1 else f"{least} to {most} values"
            raise FormulaError(f"{name.text} takes {many}, not {count}", name.at)
        self._close()
        self.steps.append(Step(name.text, count))

    def _bracketed(self) -> bool:
        self._take()
        with self._deeper():
            is_truth = self._either()
        self._close()
        return is_truth

    def _close(self) -> None:
        if self._next.kind == "end":
            raise FormulaError("the formula ends before a bracket is closed: add )", self._next.at)
        if self._next.text != ")":
            raise self._misplaced()
        self._take()

    @contextmanager
    def _deeper(self) -> Iterator[None]:
        self._nested += 1
        if self._nested > MOST_NESTED:
            message = f"brackets, signs and powers are nested at most {MOST_NESTED} deep"
            raise FormulaError(message, self._next.at)
        yield
        self._nested -= 1

    def _take(self) -> Token:
        taken = self._next
        self._next = next(self._tokens, taken)
        return taken

    def _misplaced(self) -> FormulaError:
        token = self._next
        if token.kind == "end":
            return FormulaError(f"the formula ends too early: {_MISSING}", token.at)
        if token.kind == "number":
            return FormulaError(f"put a sign such as * before {token.text[:20]}", token.at)
        if token.text == ")" and not self._nested:
            return FormulaError("no bracket was opened before this one: leave it out", token.at)
        return FormulaError(f"“{token.text}” cannot stand here; {ALLOWED}", token.at)
