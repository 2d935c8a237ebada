"""The verbs of words: a new version, a new template, on and off, a trial between two versions, a snippet."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Max

from fifthcall.journal.models import note_event
from fifthcall.people.names import matching_key
from fifthcall.rules.case import Kind
from fifthcall.rules.templates import TEMPLATES
from fifthcall.teams.models import Membership
from fifthcall.wording import library
from fifthcall.wording.fields import NAMES, SNIPPET_NAMES, SNIPPETS
from fifthcall.wording.merge import BadWording, compiled
from fifthcall.wording.models import GOALS, Snippet, Template, Version

KINDS = tuple(kind.value for kind in Kind if kind not in (Kind.MEETING, Kind.REVIEW, Kind.RESEARCH))
SUBJECT_MAX, SNIPPET_MAX = 300, 2_000
#: What stands where a template's code does in an address.
RESERVED = frozenset({"hint", "new", "preview", "snippets"})


class Refused(ValueError):
    """Something can't be saved; `field` says what, the text how to mend it."""

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(problem)
        self.field = field


def check(kind: str, subject: str, text: str) -> None:
    """Raises Refused for what is missing or doesn't compile."""
    if not text.strip():
        raise Refused("text", "There are no words yet.")
    if kind in library.WITH_SUBJECT and not subject.strip():
        raise Refused("subject", "Give it a subject: a line that says what it is about.")
    _check_one("subject", subject, NAMES, line=True)
    _check_one("text", text, NAMES)


def _check_one(field: str, source: str, names: tuple[str, ...], line: bool = False) -> None:
    try:
        compiled(source, names, line)
    except BadWording as problem:
        raise Refused(field, problem.problem if line else f"Line {problem.line}: {problem.problem}") from problem


def new_version(member: Membership, code: str, subject: str, text: str, now: datetime) -> Version:
    """Keep an edit as the template's next version; a built-in one becomes the workspace's own.

    The same words again give the version that has them. Raises NoSuchTemplate or Refused.
    """
    with transaction.atomic():
        entry = library.entry(member.workspace_id, code)
        subject, text = _clean(entry.words.kind, subject, text)
        check(entry.words.kind, subject, text)
        row = entry.row or _row(member, entry.words, now)
        row = Template.objects.select_for_update().get(pk=row.pk)
        latest = row.versions.order_by("-number").first()
        if latest and (latest.subject, latest.text) == (subject, text):
            return latest
        number = (row.versions.aggregate(last=Max("number"))["last"] or 0) + 1
        version = _version(member, row, number, subject, text, now)
        note_event(row.workspace_id, member.pk, "template_changed", row, now, code=code, number=number)
        return version


def _clean(kind: str, subject: str, text: str) -> tuple[str, str]:
    return (subject.strip() if kind in library.WITH_SUBJECT else ""), text.replace("\r\n", "\n").strip()


def _row(member: Membership, saved: library.Saved, now: datetime) -> Template:
    return Template.objects.create(
        workspace_id=member.workspace_id,
        code=saved.code,
        name=saved.title,
        kind=saved.kind,
        purpose=saved.purpose,
        created_at=now,
    )


def _version(member: Membership, row: Template, number: int, subject: str, text: str, now: datetime) -> Version:
    return Version.objects.create(template=row, number=number, subject=subject, text=text, by=member, created_at=now)


def new_template(
    member: Membership, name: str, kind: str, purpose: str, subject: str, text: str, now: datetime
) -> Version:
    """A template that no built-in one begins. Raises Refused."""
    if kind not in KINDS:
        raise Refused("kind", f"There is no kind “{kind}”. One of: {', '.join(KINDS)}.")
    subject, text = _clean(kind, subject, text)
    check(kind, subject, text)
    saved = library.Saved(_free_code(member.workspace_id, name), name.strip(), kind, purpose.strip(), 1, subject, text)
    with transaction.atomic():
        row = _row(member, saved, now)
        note_event(row.workspace_id, member.pk, "template_added", row, now, code=row.code)
        return _version(member, row, 1, subject, text, now)


def _free_code(workspace_id: int, name: str) -> str:
    code = matching_key(name)[:30]
    if not code.isascii() or not code.isalnum():
        code = "own"  # a name in another script keeps its letters on screen; the code is only for addresses
    taken = set(Template.objects.filter(workspace_id=workspace_id).values_list("code", flat=True))
    taken |= RESERVED | set(TEMPLATES)
    return next(one for one in (code, *(f"{code}{n}" for n in range(2, len(taken) + 3))) if one not in taken)


def turn(member: Membership, code: str, on: bool, now: datetime) -> None:
    """Use the workspace's own words, or not: then the built-in ones stand in, or it isn't offered.

    Versions and results stay. Raises NoSuchTemplate where there are no own ones.
    """
    with transaction.atomic():
        row = _locked(member, code)
        row.off_at = None if on else now
        row.save(update_fields=["off_at"])
        note_event(row.workspace_id, member.pk, "template_turned", row, now, code=code, on=on)


def begin_trial(member: Membership, code: str, numbers: tuple[int, int], goal: str, now: datetime) -> None:
    """Let two versions share what comes up. Raises Refused, NoSuchTemplate."""
    if goal not in GOALS:
        raise Refused("goal", "Choose what decides: replies or meetings.")
    one, other = sorted(numbers)
    if one == other:
        raise Refused("other", "Choose two different versions.")
    for number in (one, other):
        library.version(member.workspace_id, code, number)
    _set_trial(member, code, now, one, other, goal)


def end_trial(member: Membership, code: str, now: datetime) -> None:
    """From now on the latest version alone is used. Raises NoSuchTemplate."""
    _set_trial(member, code, now, None, None, "")


def _set_trial(member: Membership, code: str, now: datetime, one: int | None, other: int | None, goal: str) -> None:
    with transaction.atomic():
        row = _locked(member, code)
        row.trial_a, row.trial_b, row.trial_goal, row.trial_scores = one, other, goal, {}
        row.save(update_fields=["trial_a", "trial_b", "trial_goal", "trial_scores"])
        note_event(row.workspace_id, member.pk, "template_trial", row, now, code=code, one=one, other=other, goal=goal)


def _locked(member: Membership, code: str) -> Template:
    row = Template.objects.select_for_update().filter(workspace_id=member.workspace_id, code=code).first()
    if row is None:
        raise library.NoSuchTemplate(code)
    return row


def keep_snippet(member: Membership, code: str, text: str, now: datetime, shared: bool = False) -> None:
    """Keep a member's own words for a snippet, or everybody's (`shared`); "" goes back to what stands behind them.

    Raises Refused, also for a shared one from somebody who doesn't lead.
    """
    if code not in SNIPPETS:
        raise Refused("code", "There is no such snippet.")
    if shared and not member.leads:
        raise Refused("text", "Only managers change what everybody uses.")
    text = text.replace("\r\n", "\n").strip()
    if len(text) > SNIPPET_MAX:
        raise Refused("text", f"That is longer than {SNIPPET_MAX:,} characters. Shorten it.")
    _check_one("text", text, SNIPPET_NAMES)
    whose = None if shared else member
    if text == _behind(member, code, shared):
        text = ""
    with transaction.atomic():
        rows = Snippet.objects.select_for_update().filter(workspace_id=member.workspace_id, code=code, member=whose)
        before = rows.first()
        if not text:
            rows.delete()
        else:
            Snippet.objects.update_or_create(
                workspace_id=member.workspace_id,
                member=whose,
                code=code,
                defaults={"text": text, "changed_at": now},
            )
        said = {"code": code, "before": before.text if before else "", "shared": shared}
        note_event(member.workspace_id, member.pk, "snippet_changed", whose or member.workspace, now, **said)


def _behind(member: Membership, code: str, shared: bool) -> str:
    """What stands there without the words being kept: everybody's, or the built-in ones."""
    rows = Snippet.objects.filter(workspace_id=member.workspace_id, code=code, member=None)
    common = None if shared else rows.first()
    return common.text if common else SNIPPETS[code].text
