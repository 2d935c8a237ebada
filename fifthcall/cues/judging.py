# ruff: noqa: E501
"""Who or what has written: a person, a machine of theirs, a mail server, ourselves (RFC 3834, RFC 3464, RFC 6047)."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from mailparser_reply import EmailReplyParser

from fifthcall.cues.away import away_until, says_away
from fifthcall.cues.parsing import Parsed
from fifthcall.cues.stop_words import Stop, says_stop

LANGUAGES = ["en", "de", "fr", "es", "it", "nl", "pt", "pl", "sv", "da", "cs"]


class Sort(StrEnum):
    PERSON = "person"
    OUT_OF_OFFICE = "out_of_office"
    AUTO_REPLY = "auto_reply"
    BOUNCED = "bounced"  # for good
    DELAYED = "delayed"  # for now
    OWN = "own"  # a copy of what one of us has sent
    CALENDAR = "calendar"  # an answer to an invitation
    BULK = "bulk"  # a newsletter, a list, a receipt


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a mail is, with the evidence in words; `text`: what they wrote, without what they quote."""

    sort: Sort
    evidence: tuple[str, ...]
    text: str = ""
    until: date | None = None  # they are back the day after
    stop: Stop = Stop.NO  # a person asks us to stop (D5)
    failed_address: str = ""


def judge(mail: Parsed, ours: Collection[str], today: date) -> Verdict:
    """What the mail is. `ours`: our mailboxes' addresses, lower case; `today`: when it came, for dates without a year."""
    text = written(mail.text)
    for question in (_own, _calendar, _report, _failure_without_report, _machine):
        verdict = question(mail, ours, text, today)
        if verdict:
            return verdict
    stop = says_stop(f"{_own_subject(mail)}\n{text}")
    evidence = ["Nothing in it says that a machine has sent it."]
    if stop is not Stop.NO:
        evidence.append(
            "They ask for no more." if stop is Stop.YES else "It may ask for no more: a person should look."
        )
    return Verdict(Sort.PERSON, tuple(evidence), text, stop=stop)


def written(text: str) -> str:
    """What somebody wrote in a reply, without what is quoted below or between."""
    try:
        read = EmailReplyParser(languages=LANGUAGES).parse_reply(text[:50_000])
    except (RecursionError, re.error, ValueError, TypeError):
        read = text[:50_000]
    lines = [line for line in str(read or "").splitlines() if not line.lstrip().startswith(">")]
    return "\n".join(lines).strip()


def _own(mail: Parsed, ours: Collection[str], text: str, today: date) -> Verdict | None:
    if mail.from_address in ours:
        return Verdict(Sort.OWN, (f"It is from {mail.from_address}, one of our own mailboxes.",), text)
    return None


def _calendar(mail: Parsed, ours: Collection[str], text: str, today: date) -> Verdict | None:
    answer = mail.invitation
    if answer and answer.method in ("REPLY", "COUNTER"):
        return Verdict(Sort.CALENDAR, (f"It carries a calendar {answer.method.lower()} ({answer.partstat}).",), text)
    return None


def _report(mail: Parsed, ours: Collection[str], text: str, today: date) -> Verdict | None:
    if mail.report_type == "disposition-notification":
        return Verdict(Sort.AUTO_REPLY, ("It is a receipt of reading (RFC 8098).",), text)
    if mail.report_type == "feedback-report":
        return Verdict(Sort.PERSON, ("Their provider passes on a complaint (RFC 5965).",), text, stop=Stop.YES)
    if not mail.recipients and mail.report_type != "delivery-status":
        return None
    failed = [one for one in mail.recipients if one.action == "failed"]
    delayed = [one for one in mail.recipients if one.action == "delayed"]
    if failed:
        one = failed[0]
        words = f"A mail server reports: {one.action} {one.status} {one.diagnostic}".strip()
        hard = not one.status.startswith("4.") and not _passing(one.status, one.diagnostic)
        return Verdict(Sort.BOUNCED if hard else Sort.DELAYED, (words,), text, failed_address=one.address)
    if delayed:
        words = f"A mail server reports a delay: {delayed[0].status}."
        return Verdict(Sort.DELAYED, (words,), text, failed_address=delayed[0].address)
    if mail.recipients:
        return Verdict(Sort.AUTO_REPLY, ("A mail server reports that it was delivered.",), text)
    return _failure_without_report(mail, ours, text, today)


#: A full mailbox and the like end again: the address is good (RFC 3463 §3.3).
_PASSING = re.compile(
    r"^5\.2\.2$|^5\.3\.4$|^5\.7\.|quota|mailbox full|over ?quota|postfach.{0,20}voll|spam|blocked", re.IGNORECASE
)


def _passing(status: str, words: str) -> bool:
    return bool(_PASSING.search(status) or _PASSING.search(words))


_DAEMON = re.compile(
    r"^(mailer-daemon|postmaster|mail-daemon|maildaemon|mdaemon|bounce[sd]?|mail\.delivery)\b", re.IGNORECASE
)
_FAILED = re.compile(
    r"undeliver|delivery (status notification )?\(?fail|failure notice|delivery failure|returned mail"
    r"|mail delivery (failed|system)|could ?n[o']t be delivered|unzustellbar|nicht zugestellt|unzustellbarkeit"
    r"|non remis|échec de la remise|non recapitabile|mancato recapito|no se (ha )?pudo entregar|no entregado"
    r"|onbestelbaar|niet bezorgd|não entregue|falha na entrega|niedostarczon|kunde inte levereras",
    re.IGNORECASE,
)
_DELAYED = re.compile(
    r"delay|still (being )?(retr|try)|will retry|verzögert|retard|in attesa|retras|vertraagd|atrasad|warning: could",
    re.IGNORECASE,
)
_GONE = re.compile(
    r"\b5\.1\.\d|\b550\b|user unknown|unknown user|no such (user|recipient|address|mailbox)|does ?n[o']t exist"
    r"|address rejected|recipient rejected|mailbox (unavailable|not found)|unbekannt|inconnu|sconosciut|desconocid"
    r"|account (has been )?(disabled|closed)|no mailbox here|invalid (recipient|address|mailbox)|not found",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"[\w.+'-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}")


def _failure_without_report(mail: Parsed, ours: Collection[str], text: str, today: date) -> Verdict | None:
    """Servers that don't speak RFC 3464: told by who writes, and what."""
    whole = f"{mail.subject}\n{mail.text[:20_000]}"
    server = bool(_DAEMON.match(mail.from_address)) or mail.telling.get("return-path") == "<>"
    if not (server or mail.telling.get("x-failed-recipients")) or not (_FAILED.search(whole) or _DELAYED.search(whole)):
        return None
    stated = mail.telling.get("x-failed-recipients", "").split(",")[0].strip().lower()
    others = (found.lower() for found in _ADDRESS.findall(mail.text[:20_000]))
    address = stated or next((a for a in others if a not in ours and not _DAEMON.match(a)), "")
    late = _DELAYED.search(mail.subject) or (not _GONE.search(whole) and _DELAYED.search(whole))
    hard = not late and not _passing("", whole[:5_000])
    words = f"It is from {mail.from_address or 'a mail server'} and says that a mail was not delivered."
    return Verdict(Sort.BOUNCED if hard else Sort.DELAYED, (words,), text, failed_address=address)


_NOBODY = re.compile(
    r"^(no-?_?\.?reply|do-?not-?reply|donotreply|noreply[\w.+-]*|nicht-?antworten|ne-?pas-?repondre|notifications?"
    r"|mailer|news(letter)?|bounces?|auto(mated|reply|-reply|responder)?)([+._-][\w.+-]*)?@",
    re.IGNORECASE,
)
_AUTO_SUBJECT = re.compile(
    r"^\W*(auto(matic|mated)?[ -]?(reply|response|answer|generated)|autoreply|automatische? (antwort|abwesenheit)"
    r"|réponse automatique|respuesta automática|risposta automatica|automatisch antwoord|resposta automática"
    r"|autosvar|automatiskt svar|automatische reactie|odpowiedź automatyczna|automatická odpověď"
    r"|\[?(ticket|case|request|anfrage|vorgang)[ #:\]]*\[?#?\w*\d{3,})",
    re.IGNORECASE,
)
_RECEIVED_WORDS = re.compile(
    r"(thank you|thanks) for (your|contacting|reaching|getting|writing|emailing).{0,80}"
    r"(will (get back|respond|reply|be in touch)|has been (received|created|assigned)|as soon as)"
    r"|we have received your (message|email|e-mail|request|enquiry|inquiry)|your (ticket|request|case) (#|number|id|has been)"
    r"|(ihre|deine) (anfrage|nachricht|e-?mail) (ist|wurde|haben wir).{0,40}(eingegangen|erhalten)"
    r"|nous avons bien reçu votre|hemos recibido (tu|su) (mensaje|correo|solicitud)|abbiamo ricevuto (la tua|la sua)"
    r"|please do not reply to this (e-?mail|message)|this is an automat|diese (nachricht|e-?mail) wurde automatisch"
    r"|ceci est (un message|une réponse) automatique|this mailbox is (not monitored|unattended)|unmonitored"
    r"|no longer (works|work|employed|with the company|at )|has left (the company|our)|nicht mehr (für|im|bei).{0,30}tätig"
    r"|challenge.{0,40}(sender|verify)|confirm (that )?you('re| are) (a )?human",
    re.IGNORECASE | re.DOTALL,
)


def _machine(mail: Parsed, ours: Collection[str], text: str, today: date) -> Verdict | None:
    """Whatever a machine has sent by itself: away, received, or in bulk."""
    signs = _signs(mail)
    away = says_away(_own_subject(mail), text)
    bulk = "list-id" in mail.telling or "list-unsubscribe" in mail.telling or "feedback-id" in mail.telling
    if away and (signs or away.sure):
        evidence = (*signs, f"It says: “{away.words}”.")
        return Verdict(Sort.OUT_OF_OFFICE, evidence, text, until=away_until(text or mail.text, mail.subject, today))
    if bulk and not (mail.in_reply_to and "list-unsubscribe" not in mail.telling):
        return Verdict(Sort.BULK, ("It comes from a list.",), text)
    if signs:
        return Verdict(Sort.AUTO_REPLY, signs, text)
    found = _RECEIVED_WORDS.search(text[:3_000])
    if found and (not mail.in_reply_to or (len(text) < 1_500 and _formal(text))):
        return Verdict(Sort.AUTO_REPLY, (f"It says: “{' '.join(found[0].split())[:80]}”.",), text)
    return None


def _formal(text: str) -> bool:
    """Whether it speaks as a machine does: of a ticket, of its being automatic, of not being read."""
    return bool(
        re.search(
            r"automat|ticket|case|do not reply|nicht antworten|unmonitored|reference|eingegangen", text, re.IGNORECASE
        )
    )


_MARKS = ("x-autoreply", "x-autorespond", "x-autoresponder", "x-auto-reply", "x-vacation", "x-cron-env")


def _signs(mail: Parsed) -> tuple[str, ...]:
    told, signs = mail.telling, []
    auto = told.get("auto-submitted", "no").lower().split(";")[0].strip()
    if auto not in ("no", ""):
        signs.append(f"Its header says Auto-Submitted: {auto} (RFC 3834).")
    precedence = told.get("precedence", told.get("x-precedence", "")).lower()
    if precedence in ("auto_reply", "auto-reply", "bulk", "junk"):
        signs.append(f"Its header says Precedence: {precedence}.")
    signs += [f"It has the header {name}." for name in _MARKS if told.get(name, "").lower() not in ("", "no", "false")]
    if "x-ms-exchange-generated-message-source" in told:
        signs.append("The mail server says that an agent of its own has made it.")
    if _NOBODY.match(mail.from_address):
        signs.append(f"It is from {mail.from_address}.")
    if _DAEMON.match(mail.from_address):
        signs.append("It is from a mail server.")
    if found := _AUTO_SUBJECT.match(mail.subject):
        signs.append(f"Its subject begins “{found[0].strip()}”.")
    return tuple(signs)


def _own_subject(mail: Parsed) -> str:
    """The subject as far as it is theirs: an answer's is what we wrote."""
    return "" if re.match(r"(?i)^(re|aw|sv|antw|vs|odp|res|rif|ynt)\s*(\[\d+\])?:", mail.subject) else mail.subject
