"""A mail's HTML made safe to look at: nothing in it runs, sends, or tells anybody that it was read."""

from __future__ import annotations

import re
from collections import Counter
from html import escape

import nh3

from fifthcall.cues.plain import from_html

MOST = 200_000  # characters that come out, at most
DEEPEST = 60  # elements within each other; building deeper trees takes time that grows with the square
DEEPEST_REPEATED = 12
#: Left open, they are opened again in every paragraph after.
_REPEATED = ["a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"]
_OPENED = re.compile(r"<(/?)([a-z][a-z0-9]{0,15})", re.IGNORECASE)
#: They are closed by what follows, or hold nothing.
_CLOSE_THEMSELVES = frozenset(
    [
        "p",
        "br",
        "hr",
        "img",
        "input",
        "meta",
        "link",
        "area",
        "base",
        "col",
        "wbr",
        "li",
        "dd",
        "dt",
        "tr",
        "td",
        "th",
        "tbody",
        "option",
    ]
)
_TAGS = frozenset(
    (
        *("a", "abbr", "address", "article", "b", "bdi", "bdo", "big", "blockquote", "br", "caption", "center", "cite"),
        *("code", "col", "colgroup", "dd", "del", "div", "dl", "dt", "em", "figcaption", "figure", "font", "footer"),
        *("h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "i", "img", "ins", "kbd", "li", "main", "ol", "p", "pre"),
        *("q", "s", "section", "small", "span", "strike", "strong", "sub", "sup", "table", "tbody", "td", "tfoot"),
        *("th", "thead", "tr", "tt", "u", "ul"),
    )
)
#: These go with all that is in them.
_GONE = frozenset(
    (
        *("script", "style", "head", "title", "template", "iframe", "object", "embed", "applet", "noscript", "svg"),
        *("math", "form", "textarea", "select", "button", "audio", "video", "frameset", "noembed", "xmp"),
    )
)
_ATTRIBUTES = {
    "*": {"dir", "lang", "style", "title", "align", "valign"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "font": {"color", "size"},
    "td": {"colspan", "rowspan", "width", "bgcolor"},
    "th": {"colspan", "rowspan", "width", "bgcolor"},
    "table": {"width", "border", "cellpadding", "cellspacing", "bgcolor"},
    "ol": {"start", "type"},
}
#: How it looks, not where it stands: nothing may lie over the rest, and nothing is fetched.
_STYLES = frozenset(
    (
        *("color", "background-color", "font-family", "font-size", "font-style", "font-weight", "text-align"),
        *("text-decoration", "line-height", "padding", "margin", "border", "border-left", "border-collapse"),
        *("vertical-align", "white-space"),
    )
)
_LINK = re.compile(r"(?:https?://|mailto:|tel:)[^\s\x00-\x1f]", re.IGNORECASE)
_PICTURE = re.compile(r"data:image/(?:png|jpeg|gif);base64,[a-z0-9+/=\s]*", re.IGNORECASE)
_REACHES_OUT = re.compile(
    r"url|image|src|import|expression|behaviou?r|binding|var\(|attr\(|element\(|[\\<>@]", re.IGNORECASE
)


def cleaned(html: str) -> str:
    """`html` for a sandboxed frame: text, tables, links and pictures that came with it; at most `MOST` characters.

    Pictures from elsewhere lose their address: fetching one would say that the mail was read. What is too long is cut;
    what is nested beyond reason comes as its text alone.
    """
    html = html[:MOST]
    if _too_deep(html):
        html = "<pre>" + escape(from_html(html)) + "</pre>"
    made = _clean(html)
    if len(made) > MOST:  # escapes are longer than what they stand for
        made = _clean(html[: len(html) * MOST // len(made)])
    return made if len(made) <= MOST else _clean(escape(from_html(html)[: MOST // 6]))


def _clean(html: str) -> str:
    return nh3.clean(
        html,
        tags=set(_TAGS),
        clean_content_tags=set(_GONE),
        attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
        attribute_filter=_kept,
        filter_style_properties=set(_STYLES),
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values={"a": {"target": "_blank"}},
        url_schemes={"http", "https", "mailto", "tel", "data"},
        url_relative="deny",
    )


def _too_deep(html: str) -> bool:
    open_now: Counter[str] = Counter()
    for match in _OPENED.finditer(html):
        tag = match[2].lower()
        if tag in _CLOSE_THEMSELVES:
            continue
        if not match[1]:
            open_now[tag] += 1
            if open_now.total() > DEEPEST or sum(open_now[one] for one in _REPEATED) > DEEPEST_REPEATED:
                return True
        elif open_now[tag]:
            open_now[tag] -= 1
    return False


def _kept(tag: str, name: str, value: str) -> str | None:
    if name == "href":
        return value.strip() if _LINK.match(value.strip()) else None
    if name == "src":
        return value.strip() if _PICTURE.fullmatch(value.strip()) else None
    if name == "style":
        return None if _REACHES_OUT.search(value) else value
    return value
