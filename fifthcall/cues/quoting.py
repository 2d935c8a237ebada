"""What somebody wrote in an answer, without what is quoted above, below or between: line by line, in linear time."""

from __future__ import annotations

import re
from functools import cache

from fifthcall.cues import phrases

MOST = 50_000  # characters that are looked at
_RULE = re.compile(r"^[\s>*]*[-_=]{2,}\s*(.{3,60}?)\s*[-_=]{2,}[\s*]*$")
_LINE = re.compile(r"^\s*[_-]{20,}\s*$")
_LABEL = re.compile(r"^[\s>*]{0,8}([^\W\d_][\w -]{0,20}?)[\s*]{0,3}:")
_ADDRESS_OR_DATE = re.compile(r"@|\b\d{1,4}[:./年-]\d{1,2}|\b(19|20)\d\d\b")


def written(text: str) -> str:
    """What somebody wrote, with their signature."""
    lines = text[:MOST].split("\n")
    kept: list[str] = []
    at = 0
    while at < len(lines):
        line = lines[at]
        if _quote_begins(lines, at):
            break
        taken = _introduction(lines, at)
        if taken:
            if not _quoted_next(lines, at + taken):
                break  # the rest is quoted without marks
            at += taken
        else:
            if not line.lstrip().startswith(">"):
                kept.append(line.rstrip())
            at += 1
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()


def unsigned(text: str) -> str:
    """Of what was written, what is above the signature (RFC 3676 §4.3: a line of two hyphens and a space)."""
    lines = text.split("\n")
    for at, line in enumerate(lines):
        if line.strip() in ("--", "—", "__") and at:
            return "\n".join(lines[:at]).strip()
    return text


def _quote_begins(lines: list[str], at: int) -> bool:
    """Whether a program has put the quoted mail below this line: a rule that says so, or its headers."""
    line = lines[at]
    if not line.strip() or len(line) > 400:
        return False
    if _LINE.match(line):
        return _headers(lines, at + 1)
    ruled = _RULE.match(line)
    if ruled or line.rstrip().endswith(":"):
        words = (ruled[1] if ruled else line).strip(" :*>").lower()
        if phrases.whole("quoted.rule", words):
            return True
    return bool(_LABEL.match(line)) and _headers(lines, at)


def _headers(lines: list[str], at: int) -> bool:
    following = [line[:400] for line in lines[at : at + 8] if line.strip()][:4]
    labels: list[str] = []
    for line in following:
        label = _LABEL.match(line)
        name = label[1].strip().lower() if label else ""
        if name not in _words("quoted.labels") or name in labels:
            break
        labels.append(name)
    if len(labels) < 2 or labels[0] not in _words("quoted.sender"):
        return False
    return len(labels) >= 3 or any(_ADDRESS_OR_DATE.search(line) for line in following[: len(labels)])


def _introduction(lines: list[str], at: int) -> int:
    """How many lines from here say who wrote what follows: "On …, … wrote:"; 0 when they don't."""
    if not lines[at].strip() or len(lines[at]) > 400 or lines[at].lstrip().startswith(">"):
        return 0
    said = ""
    for count in range(1, 4):
        if at + count > len(lines):
            return 0
        said = f"{said} {lines[at + count - 1].strip()}".strip()
        if len(said) > 400 or (count > 1 and not lines[at + count - 1].strip()):
            return 0
        if said.endswith((":", "：")):
            told = bool(_ADDRESS_OR_DATE.search(said))
            if phrases.says("quoted.wrote", said):
                return count if told or _quoted_next(lines, at + count) else 0
            return count if told and "@" in said and _quoted_next(lines, at + count) else 0
        if count == 1 and not _ADDRESS_OR_DATE.search(said):
            return 0
    return 0


def _quoted_next(lines: list[str], at: int) -> bool:
    following = next((line for line in lines[at : at + 4] if line.strip()), "")
    return following.lstrip().startswith(">")


@cache
def _words(purpose: str) -> frozenset[str]:
    return frozenset(one for words in phrases.table(purpose).values() for one in words)
