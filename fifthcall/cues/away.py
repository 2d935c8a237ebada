# ruff: noqa: E501
"""Whether somebody is away, and until when: in the words of many languages, with dates as people write them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class Away:
    words: str
    sure: bool  # no person writes so in an answer


_SUBJECT = re.compile(
    r"^\W*(out of (the )?office|ooo\b|away from|on (vacation|leave|holiday)|(auto(matic)?[ -]?reply|automatische antwort)\W+"
    r"(out of|abwesen|away|urlaub)|abwesenheit|abwesend|nicht im (büro|haus)|urlaub|absence du bureau|absent|en congés?"
    r"|fuera de (la )?oficina|ausente|fuori (sede|ufficio)|assente|afwezig|niet op kantoor|ausência|fora do escritório"
    r"|poza biurem|nieobecno|frånvaro|fraværende|mimo kancelář)",
    re.IGNORECASE,
)
_TEXT = re.compile(
    r"\b(i('m| am| will be)( currently)?|currently|we are( currently)?) (out of (the |my )?office|on (annual |parental |maternity "
    r"|paternity |sick |medical )?(leave|vacation|holiday)|away|travell?ing|out of the country|not in the office|ooo)\b"
    r"|out of (the )?office (until|from|till|through|and)|will (return|be back|be returning)|limited access to (my )?e-?mail"
    r"|(bin|befinde mich|ich bin).{0,40}(nicht im (büro|haus)|abwesend|im urlaub|außer haus|in elternzeit|nicht erreichbar)"
    r"|(ab dem|ab|am) .{0,25}(wieder (im büro|erreichbar|da|für sie)|zurück)|bis (zum|einschließlich).{0,30}(abwesend|urlaub|nicht)"
    r"|je suis (actuellement )?(absent|en congé|en déplacement|en vacances)|(de retour|serai de retour) le|absente? (du|jusqu)"
    r"|estoy (actualmente )?(fuera|de vacaciones|ausente)|estaré (fuera|ausente|de vuelta)|fuera de la oficina|regres(o|aré) el"
    r"|sono (attualmente )?(fuori|assente|in ferie)|sarò (assente|fuori|in ferie|di ritorno)|rientr(o|erò) (il|in)"
    r"|ik ben.{0,20}(afwezig|niet (op kantoor|aanwezig)|met vakantie|op vakantie)|ben ik (weer|terug)|weer (aanwezig|bereikbaar)"
    r"|estou (fora|ausente|de férias)|estarei (fora|ausente|de volta)|retorno (em|dia)"
    r"|jestem (poza biurem|na urlopie|nieobecn)|jag är (inte på|på semester|ledig|bortrest)|tillbaka den",
    re.IGNORECASE,
)
#: A person may say this of the next weeks, in an answer; then something else must show the machine.
_PERSONAL = re.compile(
    r"\b(let'?s|call me|können wir|thanks for|danke für|happy to|sounds good|gerne)\b", re.IGNORECASE
)

_MONTHS = {
    month: number
    for number, names in enumerate(
        (
            "january jan januar jänner janvier janv enero ene gennaio gen januari janeiro stycznia januar",
            "february feb februar février févr fév febrero febbraio februari fevereiro fev lutego",
            "march mar märz mär mars marzo maart mrt março marca mars",
            "april apr avril avr abril abr aprile kwietnia",
            "may mai mayo maggio mag mei maio maja maj",
            "june jun juni juin junio giugno giu junho czerwca",
            "july jul juli juillet juil julio luglio lug julho lipca",
            "august aug août agosto ago augustus augusti sierpnia",
            "september sep sept septembre septiembre settembre set setembro września",
            "october oct oktober okt octobre octubre ottobre ott outubro out października",
            "november nov novembre noviembre novembro listopada",
            "december dec dezember dez décembre déc diciembre dic dicembre dezembro dez grudnia",
        ),
        1,
    )
    for month in names.split()
}
_NAMES = "|".join(sorted(_MONTHS, key=len, reverse=True))
_ISO = re.compile(r"\b(20\d\d)-(\d\d)-(\d\d)\b")
_DAY_MONTH = re.compile(
    rf"\b(\d{{1,2}})(?:st|nd|rd|th|er|\.|º)?\s*(?:of |de |di )?({_NAMES})\.?,?(?:\s+(?:de |of )?(20\d\d))?\b",
    re.IGNORECASE,
)
_MONTH_DAY = re.compile(rf"\b({_NAMES})\.?\s+(\d{{1,2}})(?:st|nd|rd|th)?\b,?(?:\s+(20\d\d))?", re.IGNORECASE)
_NUMBERS = re.compile(r"\b(\d{1,2})([./-])(\d{1,2})(?:\2(\d{4}|\d{2}))?(?=\D|$)")
_WEEKDAYS = {
    name: number
    for number, names in enumerate(
        (
            "monday montag lundi lunes lunedì maandag segunda",
            "tuesday dienstag mardi martes martedì dinsdag terça",
            "wednesday mittwoch mercredi miércoles mercoledì woensdag quarta",
            "thursday donnerstag jeudi jueves giovedì donderdag quinta",
            "friday freitag vendredi viernes venerdì vrijdag sexta",
        )
    )
    for name in names.split()
}
_BACK = re.compile(
    r"(return|back( in| on| at)?|again|available|wieder|zurück|erreichbar|retour|reviens|regres|vuelta|rientr|ritorno|terug|weer"
    r"|bereikbaar|retorn|volta|wracam|tillbaka|from|ab( dem)?|à partir du|a partir d[eo]l?|vanaf|dal)\W{0,3}$",
    re.IGNORECASE,
)
_LAST = re.compile(
    r"(until|till|through|thru|to|bis( zum| einschl\w*)?( einschl\w*)?|jusqu'au|au|hasta( el)?|al|fino al?|t/m|tot( en met)?|até( o| dia)?"
    r"|do|till och med|[-–—])\W{0,3}((on|am|dem|den|le|el|il|\w+day|\w+tag),?\W{0,2})?$",
    re.IGNORECASE,
)


def says_away(subject: str, text: str) -> Away | None:
    """Whether a mail says that its writer is away."""
    if found := _SUBJECT.search(subject):
        return Away(found[0].strip(), sure=True)
    if found := _TEXT.search(text[:3_000]):
        short = len(text) < 2_000 and found.start() < 600
        return Away(
            " ".join(found[0].split())[:80],
            sure=short and bool(_dates(text, date(2026, 1, 1))) and not _PERSONAL.search(text),
        )
    return None


def away_until(text: str, subject: str, today: date) -> date | None:
    """The last day they are away; None when they don't say, or it can't be.

    "Back on the 7th" is until the 6th; "until the 7th" is until the 7th. Of several dates the latest within a year counts.
    """
    found: list[date] = []
    whole = f"{subject}\n{text[:3_000]}"
    for day, start in _dates(whole, today):
        before = whole[max(0, start - 40) : start]
        before = re.sub(
            r"(\w+(day|tag|di|s|dag),?|the|dem|den|le|el|il|o|on|am|dia|den)\W*$", "", before, flags=re.IGNORECASE
        ).rstrip(" ,:")
        back = _BACK.search(before) and not _LAST.search(before)
        found.append(day - timedelta(days=1) if back else day)
    found = [day for day in found if today - timedelta(days=1) <= day <= today + timedelta(days=366)]
    if found:
        return max(found)
    return _weekday(whole, today)


def _weekday(text: str, today: date) -> date | None:
    found = re.search(
        rf"(?:back|return\w*|wieder|zurück|retour|regres\w*|terug|weer)\b.{{0,30}}?\b({'|'.join(_WEEKDAYS)})",
        text,
        re.IGNORECASE,
    )
    if not found:
        return None
    ahead = (_WEEKDAYS[found[1].lower()] - today.weekday()) % 7 or 7
    return today + timedelta(days=ahead - 1)


def _dates(text: str, today: date) -> list[tuple[date, int]]:
    """Every date in the text with where it stands; one without a year is the next to come."""
    found: list[tuple[date, int]] = []

    def add(year: str | None, month: int, day: int, start: int) -> None:
        try:
            if year:
                found.append((date(int(year) + (2000 if len(year) == 2 else 0), month, day), start))
                return
            made = date(today.year, month, day)
            found.append((made if made >= today - timedelta(days=31) else date(today.year + 1, month, day), start))
        except ValueError:
            pass

    for match in _ISO.finditer(text):
        add(match[1], int(match[2]), int(match[3]), match.start())
    for match in _DAY_MONTH.finditer(text):
        add(match[3], _MONTHS[match[2].lower()], int(match[1]), match.start())
    for match in _MONTH_DAY.finditer(text):
        add(match[3], _MONTHS[match[1].lower()], int(match[2]), match.start())
    for match in _NUMBERS.finditer(text):
        first, second = int(match[1]), int(match[3])
        american = match[2] == "/" and (second > 12 or (first <= 12 and _american(text)))
        month, day = (first, second) if american else (second, first)
        if 1 <= month <= 12:
            add(match[4], month, day, match.start())
    return found


def _american(text: str) -> bool:
    """Whether 12/1 is the first of December: where nothing in the text is European."""
    return not re.search(
        r"\b(je suis|bureau|estoy|oficina|sono|ufficio|estou|escritório|until the|kantoor)\b", text, re.IGNORECASE
    )
