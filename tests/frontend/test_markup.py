"""Components as HTML: what people have written stays text, whatever it is."""

from __future__ import annotations

from html import escape

import pytest
from dash import dcc, html

from frontend.components.attributes import attributes
from frontend.documents.markup import markdown, to_html
from frontend.sheets.note_pictures import NotePicture

SCRIPT = "<script>alert(1)</script>"


def test_elements_with_their_attributes_and_children():
    made = html.Div([html.P("a & b", className="quiet"), None, 3], id="x", tabIndex=0, hidden=False)
    assert to_html(made) == '<div id="x" tabindex="0"><p class="quiet">a &amp; b</p>3</div>'


def test_styles_and_attributes_of_our_own():
    made = html.Span(
        style={"--swatch": "#fff", "gridRow": "1 / span 2"}, **attributes(data_stage="run")
    )
    assert to_html(made) == (
        '<span style="--swatch: #fff; grid-row: 1 / span 2" data-stage="run"></span>'
    )


def test_flags_and_elements_without_an_end():
    assert to_html(html.Button(disabled=True)) == "<button disabled></button>"
    assert to_html(html.Img(alt="x")) == '<img alt="x">'


def test_text_and_attributes_are_escaped():
    assert SCRIPT not in to_html(html.P(SCRIPT, title=f'">{SCRIPT}'))
    assert to_html(html.P("<b>")) == "<p>&lt;b&gt;</p>"
    assert to_html(html.P(title='"')) == '<p title="&quot;"></p>'


def test_links_between_pages_become_words():
    for link in (dcc.Link("Runs", href="/runs"), html.A("Runs", href="/runs")):
        assert to_html(link) == "<span>Runs</span>"
    assert to_html(html.A("web", href="https://e.org")) == '<a href="https://e.org">web</a>'


def test_a_note_is_markdown():
    assert markdown("**bold**, `code`") == "<p><strong>bold</strong>, <code>code</code></p>\n"
    assert "<table>" in markdown("| a |\n|---|\n| 1 |")


def test_formulas_in_a_note_are_drawn():
    made = markdown("A score $s_i = \\frac{a}{b}$ and\n\n$$\n\\sum_i s_i\n- 1\n$$\n\nmore")
    line = made.split("\n")[0]
    assert line.startswith('<p>A score <math display="inline"><mrow><msub>')
    assert "<mfrac>" in line
    assert "</math> and</p>" in line
    assert '<math display="block"><mrow><munder>' in made
    assert "<li>" not in made
    assert made.endswith("<p>more</p>\n")
    assert '<math display="block">' in markdown("in a line: $$x$$")


@pytest.mark.parametrize(
    "note", ["from $5 to $6", "$5-$10", "\\$x$", "a $ b $", "`$x$`", "    $$x$$", "$$\nx", "$$$$"]
)
def test_what_is_no_formula_stays_text(note):
    made = markdown(note)
    assert "<math" not in made
    assert "unread-formula" not in made


@pytest.mark.parametrize(
    ("formula", "why"),
    [
        (r"\unknown{x}", "unknown is no sign"),
        ("a <b> {", "&#x27;}&#x27; is missing"),
        ('"', "is no sign of this notation"),
        ("{" * 5000, "more than 2,000 letters"),
        ("{" * 1000 + "x" + "}" * 999, "more than 60 braces"),
    ],
)
def test_a_formula_that_cannot_be_read_is_shown_as_typed(formula, why):
    made = markdown(f"${formula}$")
    assert f">${escape(formula)}$</code></p>" in made
    assert 'class="unread-formula" title="Not drawn: ' in made
    assert why in made
    assert "<b>" not in made


def test_a_note_shows_pictures_that_were_uploaded_for_it():
    known = {"0" * 32: NotePicture("/there", 6, 4)}
    made = markdown(f'![a \\_b\\_ "c"](picture:{"0" * 32})', known)
    assert made == '<p><img src="/there" alt="a _b_ &quot;c&quot;" width="6" height="4"></p>\n'
    for gone in ("1" * 32, "../x", '"onerror=alert(1)'):
        made = markdown(f"![a <b>](picture:{gone})", known)
        assert "<img" not in made
        assert "a &lt;b&gt;" in made
    assert "A picture (there is no such picture)" in markdown("![](picture:x)")


def test_pictures_from_elsewhere_become_links():
    made = markdown('![A "plot"](https://e.org/x.png?a=1&b=2)')
    assert "<img" not in made
    assert 'href="https://e.org/x.png?a=1&amp;b=2"' in made
    assert ">A &quot;plot&quot;</a>" in made


@pytest.mark.parametrize(
    "note",
    [
        SCRIPT,
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "![x](javascript:alert(1))",
        '[x](https://e.org "<b onmouseover=alert(1)>")',
        "<https://e.org/'onclick='alert(1)>",
        "```\n</code></pre><script>alert(1)</script>\n```",
    ],
)
def test_nothing_in_a_note_can_act(note):
    made = to_html(html.Div(markdown(note)))
    assert "<script" not in made
    assert "<img src=x" not in made
    assert "<b " not in made
    for scheme in ("javascript:", "data:text"):
        assert f'"{scheme}' not in made
