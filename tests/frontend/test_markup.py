"""Components as HTML: what people have written stays text, whatever it is."""

from __future__ import annotations

import pytest
from dash import dcc, html

from frontend.components.attributes import attributes
from frontend.documents.markup import markdown, to_html

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
