"""What words mean, for programs and for the panels of pages."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel

from backend.problems import problem_answers
from frontend.documents.explanations import panel_of
from frontend.words import word
from pruning.glossary.entries import Entry, all_entries

router = APIRouter(prefix="/glossary", tags=["glossary"], responses=problem_answers(404, 409))


class Paper(BaseModel):
    """Where something comes from."""

    words: str
    url: str


class Term(BaseModel):
    """A word, and what it means.

    Attributes
    ----------
    formula
        In a small part of LaTeX.
    where
        What the signs of the formula stand for.
    see
        The address of the form with settings that show it.
    """

    name: str
    kind: str
    title: str
    text: str
    formula: list[str]
    where: str
    papers: list[Paper]
    see: str


class Explanation(Term):
    """A word as pages show it: ``html`` is safe as it stands."""

    html: str


def _fields(term: Entry) -> dict[str, object]:
    return {
        "name": term.name,
        "kind": term.kind.title,
        "title": term.title,
        "text": term.text,
        "formula": list(term.formula),
        "where": term.where,
        "papers": [Paper(words=each.words, url=each.url) for each in term.references],
        "see": term.address,
    }


@router.get("")
def list_terms() -> list[Term]:
    """All words that are explained."""
    return [Term.model_validate(_fields(each)) for each in all_entries()]


@router.get("/{name}")
def explain(name: str) -> Explanation:
    """What one of them means: `criterion-lrp`, or `lrp` where that is the name of one alone."""
    term = word(name)
    return Explanation.model_validate({**_fields(term), "html": str(panel_of(term.name))})
