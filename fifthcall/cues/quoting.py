"""What somebody wrote in an answer, without what is quoted above, below or between: line by line, in linear time."""

from __future__ import annotations

import re
from functools import cache

from fifthcall.cues import phrases

MOST = 50_000  # characters that are looked at
_RULE = re.compile(r"^[\s>*]*[-_=]{2,}\s*(.{3,60}?)\s*[-_=]{2,}[\s*]*$")
_LINE = re.compile(r"^\s*[_-]{20,}\s*$")
_LABEL = re.compile(r"^[\s>*]{0,8}([^\W\d_][\w -]{0,20}?)[\s*]{0,3}:")
_TELLING = re.compile(r"[@\d:：]|[-_=*]$")  # what an introduction, a header or a rule has
_ANY_OF_THESE = re.compile(r"[@\d]")
_ADDRESS_OR_DATE = re.compile(r"@|\b\d{1,4}[:./年-]\d{1,2}|\b(19|20)\d\d\b")


def written(text: str) -> str:
    """What somebody wrote, with their signature."""
    lines = [line.rstrip() for line in text[:MOST].split("\n")]
    labels = [_label(line) for line in lines]
    kept: list[str] = []
    at = 0
    while at < len(lines):
        line = lines[at]
        telling = _TELLING.search(line)  # most lines begin nothing
        if telling and _quote_begins(lines, labels, at):
            break
        taken = _introduction(lines, at) if telling else 0
        if taken and not _quoted_next(lines, at + taken):
            break  # the rest is quoted without marks
        if not taken and not line.lstrip().startswith(">"):
            kept.append(line)
        at += taken or 1
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()


def unsigned(text: str) -> str:
    """Of what was written, what is above the signature (RFC 3676 §4.3: a line of two hyphens and a space)."""
    lines = text.split("\n")
    for at, line in enumerate(lines):
        if line.strip() in ("--", "—", "__") and at:
            return "\n".join(lines[:at]).strip()
    return text


def _label(line: str) -> str:
    """What stands before a line's colon, in lower case: "from" in "> *From:* Anna"; "" without."""
    found = _LABEL.match(line) if ":" in line[:40] else None
    return found[1].strip().lower() if found else ""


def _quote_begins(lines: list[str], labels: list[str], at: int) -> bool:
    """Whether a program has put the quoted mail below this line: a rule that says so, or its headers."""
    line = lines[at]
    if len(line) > 400:
        return False
    if line.endswith(("-", "_", "=", "*")):
        if _LINE.match(line):
            return _headers(lines, labels, at + 1)
        ruled = _RULE.match(line)
        if ruled and phrases.whole("quoted.rule", ruled[1].strip(" :*>").lower()):
            return True
    elif line.endswith(":") and phrases.whole("quoted.rule", line.strip(" :*>").lower()):
        return True
    return _headers(lines, labels, at)


def _headers(lines: list[str], labels: list[str], at: int) -> bool:
    """Whether the next lines are a mail's headers: who sent it first, then others, each once."""
    seen: dict[str, str] = {}
    for here in range(at, min(at + 8, len(lines))):
        if not lines[here]:
            continue
        label = labels[here]
        if label in seen or label not in (_words("quoted.labels") if seen else _words("quoted.sender")):
            break
        seen[label] = lines[here][:400]
        if len(seen) == 3:
            return True
    return len(seen) == 2 and any(_addressed_or_dated(line) for line in seen.values())


def _introduction(lines: list[str], at: int) -> int:
    """How many lines from here say who wrote what follows: "On …, … wrote:"; 0 when they don't."""
    first = lines[at]
    if len(first) > 400 or not (first.endswith((":", "：")) or _addressed_or_dated(first)):
        return 0  # most lines
    if first.lstrip().startswith(">"):
        return 0
    said = ""
    for count, line in enumerate(lines[at : at + 3], start=1):
        said = f"{said} {line.strip()}".strip()
        if len(said) > 400 or not line:
            return 0
        if said.endswith((":", "：")):
            told = _addressed_or_dated(said)
            if phrases.says("quoted.wrote", said):
                return count if told or _quoted_next(lines, at + count) else 0
            return count if told and "@" in said and _quoted_next(lines, at + count) else 0
    return 0


def _addressed_or_dated(line: str) -> bool:
    return bool(_ANY_OF_THESE.search(line) and _ADDRESS_OR_DATE.search(line))  # most lines have neither: told fast


def _quoted_next(lines: list[str], at: int) -> bool:
    following = next((line for line in lines[at : at + 4] if line.strip()), "")
    return following.lstrip().startswith(">")


@cache
def _words(purpose: str) -> frozenset[str]:
    return frozenset(one for words in phrases.table(purpose).values() for one in words)
