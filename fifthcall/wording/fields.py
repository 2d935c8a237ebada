"""The placeholders a text may use: what each is in a salesperson's words, and an example."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Field:
    name: str
    example: str
    about: str


_ALL = (
    Field("first_name", "Ida", "Their first name; all of the name where that can't be told (“Mr Tanaka”)."),
    Field("full_name", "Ida Berg", "Their name as it is on the record."),
    Field("company", "Alder Ltd", "Their company."),
    Field("product", "roof panels", "What it is about: the product, else the opportunity's name."),
    Field("why_not", "No budget yet", "Why they could not act last time (D1)."),
    Field("topic", "The roof leaks", "The latest fact they confirmed (D2). Never a note of ours."),
    Field(
        "promise",
        "I'll call tomorrow between 9 and 11 your time.",
        "When we are back in touch (C5), in the words of the snippet. Known only where something is promised.",
    ),
    Field("promise_what", "call", "What we promised: call, text you, email you."),
    Field("promise_when", "tomorrow between 9 and 11 your time", "When we do it, on their clock."),
    Field("my_name", "Ada Lund", "Whoever writes or calls."),
    Field("my_company", "Berg & Daughters", "The workspace's name."),
    Field("signature", "Ada Lund, Berg & Daughters", "Your snippet. A mailbox's own signature is added by itself."),
    Field("voicemail_pair", "I am sending you a text as well.", "The voicemail's mention of its text (C2)."),
    Field("text_pair", "I have just left you a voicemail.", "The text's mention of its voicemail (C2)."),
)

FIELDS: Mapping[str, Field] = {field.name: field for field in _ALL}
#: What the merge language is given.
NAMES = tuple(FIELDS)


@dataclass(frozen=True, slots=True)
class Snippet:
    """Words that stand in many templates; `text` is what they are to begin with."""

    title: str
    about: str
    text: str


SNIPPETS: Mapping[str, Snippet] = {
    "signature": Snippet("Signature", "Under a letter, where a template says {signature}.", "{my_name}\n{my_company}"),
    "promise": Snippet(
        "Promise",
        "When they hear from us next (C5). It stands only where a time is promised.",
        "I'll {promise_what} {promise_when}.",
    ),
    "voicemail_pair": Snippet(
        "In the voicemail", "Says that a text comes as well (C2).", "I am sending you a text as well."
    ),
    "text_pair": Snippet("In its text", "Says that there is a voicemail (C2).", "I have just left you a voicemail."),
}
#: What a snippet may use: no snippet stands in another.
SNIPPET_NAMES = tuple(name for name in NAMES if name not in SNIPPETS)
