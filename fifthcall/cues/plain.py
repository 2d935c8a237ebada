"""HTML as plain text, what is quoted marked with ">", so that it can be told from what was written."""

from __future__ import annotations

import re
from html.parser import HTMLParser

_BLOCKS = frozenset(
    (
        *("p", "div", "br", "tr", "li", "ul", "ol", "table", "blockquote", "hr", "pre", "section", "article"),
        *("h1", "h2", "h3", "h4", "h5", "h6"),
    )
)
_SILENT = frozenset(("script", "style", "head", "title", "template"))
_VOID = frozenset(("br", "hr", "img", "input", "meta", "link", "area", "base", "col", "embed", "source", "wbr"))
#: Marks that mail programs leave where the quoted mail begins.
_QUOTES = re.compile(r"gmail_quote|yahoo_quoted|moz-cite-prefix|divRplyFwdMsg|appendonsend|protonmail_quote")


def from_html(html: str) -> str:
    """The text of `html`, a line for each block. Never raises."""
    reader = _Reader()
    try:
        reader.feed(html)
        reader.close()
    except (AssertionError, ValueError, RecursionError):  # what could be read so far
        pass
    text = "".join(reader.made)
    return re.sub(r"\n{3,}", "\n\n", re.sub(r"[ \t\xa0]+", " ", text)).strip()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.made: list[str] = []
        self.silent = 0
        self.quoted: list[str] = []  # the elements open since the quotation began

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self.silent += 1
        marks = " ".join(value or "" for name, value in attributes if name in ("class", "id"))
        if self.quoted:
            if tag not in _VOID:
                self.quoted.append(tag)
        elif tag == "blockquote" or _QUOTES.search(marks):
            self.quoted.append(tag)
        if tag in _BLOCKS:
            self._line()

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self.silent = max(0, self.silent - 1)
        if tag in self.quoted:
            while self.quoted and self.quoted.pop() != tag:
                pass
        if tag in _BLOCKS:
            self._line()

    def handle_data(self, data: str) -> None:
        if self.silent:
            return
        text = re.sub(r"\s+", " ", data)
        if text.strip() and (not self.made or self.made[-1].endswith("\n")):
            text = ("> " if self.quoted else "") + text.lstrip()
        self.made.append(text)

    def _line(self) -> None:
        if self.made and not self.made[-1].endswith("\n"):
            self.made.append("\n")
