"""Who or what has written: a person, a machine of theirs, a mail server, ourselves (RFC 3834, RFC 3464, RFC 6047)."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from fifthcall.cues import phrases
from fifthcall.cues.away import says_away
from fifthcall.cues.away_dates import away_until
from fifthcall.cues.parsing import Parsed
from fifthcall.cues.quoting import unsigned, written
from fifthcall.cues.stop_words import Stop, says_stop


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
    """What the mail is. `ours`: our mailboxes' addresses, lower case; `today`: when it came, for days without year."""
    text = written(mail.text)
    for question in (_own, _calendar, _report, _failure_without_report, _machine):
        verdict = question(mail, ours, text, today)
        if verdict:
            return verdict
    stop = says_stop(f"{_own_subject(mail)}\n{unsigned(text)}")
    evidence = ["Nothing in it says that a machine has sent it."]
    if stop is not Stop.NO:
        evidence.append(
            "They ask for no more." if stop is Stop.YES else "It may ask for no more: a person should look."
        )
    return Verdict(Sort.PERSON, tuple(evidence), text, stop=stop)


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
        if mail.feedback_type in ("abuse", "opt-out", "opt-out-list", "fraud", "other", ""):
            return Verdict(Sort.PERSON, ("Their provider passes on a complaint (RFC 5965).",), text, stop=Stop.YES)
        return Verdict(Sort.AUTO_REPLY, (f"It is a provider's report: {mail.feedback_type} (RFC 5965).",), text)
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


def _passing(status: str, words: str) -> bool:
    """Whether the address may be good: a full mailbox, too large, refused for what it says (RFC 3463 §3.3, §3.8)."""
    if re.match(r"5\.1\.", status):
        return False
    if re.match(r"5\.(2\.2|3\.4|7\.)", status):
        return not phrases.says("gone", re.sub(r"\b55[013]\b", "", words))
    return phrases.says("passing", phrases.tidy(words))


_DAEMON = re.compile(
    r"^(mailer-daemon|postmaster|mail-daemon|maildaemon|mdaemon|bounce[sd]?|mail\.delivery|microsoftexchange[0-9a-f]+)\b",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"[\w.+'-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}")


def _failure_without_report(mail: Parsed, ours: Collection[str], text: str, today: date) -> Verdict | None:
    """Servers that don't speak RFC 3464: told by who writes, and what."""
    server = bool(_DAEMON.match(mail.from_address)) or mail.telling.get("return-path") == "<>"
    stated = mail.telling.get("x-failed-recipients", "").split(",")[0].strip().lower()
    if not server and not stated:
        return None
    subject, body = phrases.tidy(mail.subject), phrases.tidy(mail.text[:5_000])
    sure = bool(_DAEMON.match(mail.from_address)) or bool(stated)
    whole = f"{subject} ¶ {body}" if sure else subject  # others than servers have empty return paths, too
    late = phrases.says("delayed", subject)
    if not late and not phrases.says("failed", whole) and not phrases.says("delayed", whole):
        return None
    others = (found.lower() for found in _ADDRESS.findall(mail.text[:20_000]))
    address = stated or next((a for a in others if a not in ours and not _DAEMON.match(a)), "")
    late = late or (not phrases.says("gone", body) and phrases.says("delayed", body))
    status = re.search(r"\b[45]\.\d\.\d{1,3}\b", body)
    hard = not late and not _passing(status[0] if status else "", body)
    words = f"It is from {mail.from_address or 'a mail server'} and says that a mail was not delivered."
    return Verdict(Sort.BOUNCED if hard else Sort.DELAYED, (words,), text, failed_address=address)


_NOBODY = re.compile(
    r"(no-?_?\.?reply|do-?not-?_?reply|nicht-?antworten|ne-?pas-?repondre|no-?responder|notifications?|newsletter|bounces?"
    r"|auto-?(mated|reply|responder|response|mailer)|mailer)([+_-][\w.+-]*|\d*)@",
    re.IGNORECASE,
)


def _machine(mail: Parsed, ours: Collection[str], text: str, today: date) -> Verdict | None:
    """Whatever a machine has sent by itself: away, received, or in bulk."""
    signs = _signs(mail)
    said = unsigned(text)
    away = says_away(_own_subject(mail), said)
    bulk = "list-id" in mail.telling or "list-unsubscribe" in mail.telling or "feedback-id" in mail.telling
    if away and (signs or (away.sure and not bulk)):
        evidence = (*signs, f"It says: “{away.words}”.")
        return Verdict(Sort.OUT_OF_OFFICE, evidence, text, until=away_until(said or mail.text, mail.subject, today))
    if bulk and not mail.in_reply_to:  # companies' servers put such headers on people's answers, too
        return Verdict(Sort.BULK, ("It comes from a list.",), text)
    if signs:
        return Verdict(Sort.AUTO_REPLY, signs, text)
    words = _received(mail, said)
    return Verdict(Sort.AUTO_REPLY, (f"It says: “{words}”.",), text) if words else None


def _received(mail: Parsed, text: str) -> str:
    """What shows that a machine has answered that gives no sign of it in its headers; "" when it may be a person."""
    body = phrases.tidy(text[:3_000])
    if phrases.says("personal", body):
        return ""
    found = phrases.find("auto.plain", body) or phrases.find("auto.left", body)
    if not found and (not mail.in_reply_to or "x-auto-response-suppress" in mail.telling):
        found = phrases.find("auto.received", body)
    return found.words[:80] if found else ""


_MARKS = (
    "x-autoreply",
    "x-autorespond",
    "x-autoresponder",
    "x-auto-reply",
    "x-vacation",
    "x-cron-env",
    "x-autogenerated",
)


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
    if found := phrases.begins("auto.subject", phrases.tidy(mail.subject)):
        signs.append(f"Its subject begins “{found.words.strip()}”.")
    if mail.telling.get("return-path") == "<>":
        signs.append("It takes no answer: its return path is empty (RFC 3834).")
    return tuple(signs)


def _own_subject(mail: Parsed) -> str:
    """The subject as far as it is theirs: an answer's is what we wrote."""
    return "" if re.match(r"(?i)^(re|aw|sv|antw|vs|odp|res|rif|ynt)\s*(\[\d+\])?:", mail.subject) else mail.subject
