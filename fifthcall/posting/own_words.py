"""C8: whether a note is in one's own words and names a specific part of the meeting. Pure."""

from __future__ import annotations

import re

#: A note is short: what fits a card in somebody's handwriting.
LONGEST = 600  # characters
#: Words of one's own besides the template's and the names.
OWN = 3
#: Words of the part named that say something.
SPECIFIC = 2
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*|\d+")
#: Words that every meeting's note has, and those that only hold others together.
_GENERAL_WORDS = (
    "a an and are as at be been for from had has have he her his i in is it its me my of on or our she so that the "
    "their them they this to us very was we were what which who will with would you your about again all also am but "
    "by can dear hello hi thank thanks thanking best regards sincerely yours kind great good nice lovely wonderful "
    "pleasure meeting meet met talk talking talked conversation chat call visit time day today yesterday week morning "
    "afternoon interesting helpful useful discussion appointment seeing see speaking spoke each other one thing "
    "something much der die das ein eine und für ihr ihre ihnen sie wir uns mit danke vielen dank gespräch treffen "
    "termin zeit heute le la les un une et pour votre vous nous avec merci rencontre entretien temps el los las una y "
    "para su con gracias reunión encuentro tiempo "
)
_GENERAL = frozenset(_GENERAL_WORDS.split())


class NotOwn(ValueError):
    """The note can't go out like this; `field` says what is missing, the text what would mend it."""

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(problem)
        self.field = field


def check(text: str, template: str, names: tuple[str, ...], about: str | None) -> None:
    """Raise NotOwn unless the text is short and has own words besides the template's.

    `template`: the words it began with; `names`: of people and companies, which count as nobody's own words.
    `about`: the part of the meeting it names, which must be specific and stand in the text; None where there was none.
    """
    if not text.strip():
        raise NotOwn("text", "Write the note: a few lines in your own words.")
    if len(text.strip()) > LONGEST:
        raise NotOwn("text", f"Keep it short: at most {LONGEST} letters, this has {len(text.strip())}.")
    if about is not None:
        _check_part(text, about, names)
    own = _words(text) - _words(template) - _words(" ".join(names))
    if about is None and len(own - _GENERAL) < OWN:
        raise NotOwn("text", "This is the template’s text. Add a line of your own that is meant for them alone.")


def _check_part(text: str, about: str, names: tuple[str, ...]) -> None:
    part = _words(about) - _words(" ".join(names)) - _GENERAL
    if len(part) < SPECIFIC:
        raise NotOwn(
            "about", "Name one thing from the meeting that only you two know: “your new warehouse in Gdańsk”, say."
        )
    if len(part & _words(text)) * 2 < len(part):
        raise NotOwn("text", f"The note doesn’t speak of “{about.strip()}”: put it into the text.")


def _words(text: str) -> set[str]:
    return {word.casefold() for word in _WORD.findall(text)}
