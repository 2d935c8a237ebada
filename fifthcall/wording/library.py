"""Finding words: the built-in templates, a workspace's own in their place, versions by number, snippets."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from fifthcall.rules.templates import TEMPLATES
from fifthcall.teams.models import Membership
from fifthcall.wording.fields import NAMES, SNIPPETS
from fifthcall.wording.merge import Compiled, compiled
from fifthcall.wording.models import Snippet, Template, Version

#: The number of a built-in text; a workspace's own versions begin at 1.
BUILTIN = 0
#: Kinds whose templates have a subject.
WITH_SUBJECT = ("email", "invite", "lead")


class NoSuchTemplate(LookupError):
    """There is no template with this code, or no such version of it."""


@dataclass(frozen=True, slots=True)
class Saved:
    """One version of one template. `since` and `by` are None for a built-in one."""

    code: str
    title: str
    kind: str
    purpose: str
    number: int
    subject: str
    text: str
    since: datetime | None = None
    by: str = ""

    @property
    def subject_compiled(self) -> Compiled:
        return compiled(self.subject, NAMES, line=True)

    @property
    def compiled(self) -> Compiled:
        return compiled(self.text, NAMES)

    @property
    def fields(self) -> frozenset[str]:
        return self.compiled.fields | self.subject_compiled.fields


@dataclass(frozen=True, slots=True)
class Entry:
    """A template as the list shows it: the version in use, and its row where the workspace has one of its own."""

    words: Saved
    row: Template | None = None

    @property
    def off(self) -> bool:
        return bool(self.row and self.row.off_at)

    @property
    def trial(self) -> tuple[int, int] | None:
        row = self.row
        return (row.trial_a, row.trial_b) if row and row.trial_a is not None and row.trial_b is not None else None


def builtin(code: str) -> Saved | None:
    found = TEMPLATES.get(code)
    if found is None:
        return None
    return Saved(code, found.title, found.kind, found.purpose, BUILTIN, found.subject, found.text.strip())


def entries(workspace_id: int) -> list[Entry]:
    """All templates, the built-in ones first, in their order; those that are off too."""
    latest: dict[str, Entry] = {code: Entry(words) for code in TEMPLATES if (words := builtin(code))}
    for version in _versions(workspace_id).order_by("template_id", "number"):
        latest[version.template.code] = Entry(_words(version), version.template)
    return list(latest.values())


def entry(workspace_id: int, code: str) -> Entry:
    """One template with the version in use. Raises NoSuchTemplate."""
    version = _versions(workspace_id).filter(template__code=code).order_by("-number").first()
    if version:
        return Entry(_words(version), version.template)
    words = builtin(code)
    if words is None:
        raise NoSuchTemplate(code)
    return Entry(words)


def in_use(workspace_id: int, code: str) -> Entry:
    """What is said where nobody chooses: the workspace's own, unless it is off; else the built-in one.

    Raises NoSuchTemplate, also for an own one that is off and has no built-in one behind it.
    """
    found = entry(workspace_id, code)
    if not found.off:
        return found
    words = builtin(code)
    if words is None:
        raise NoSuchTemplate(code)
    return Entry(words)


def offered(workspace_id: int, kind: str) -> list[tuple[str, str]]:
    """The templates of a kind that one may choose from, by code and title."""
    found = [entry for entry in entries(workspace_id) if entry.words.kind == kind]
    return [(e.words.code, e.words.title) for e in found if not e.off or builtin(e.words.code)]


def own_codes(workspace_id: int) -> list[str]:
    """The codes of the workspace's own templates that are on: playbooks may name them."""
    rows = Template.objects.filter(workspace_id=workspace_id, off_at=None)
    return list(rows.order_by("code").values_list("code", flat=True))


def versions(workspace_id: int, code: str) -> list[Saved]:
    """Every version of a template, the latest first; the built-in text, if it began as one, last."""
    own = [_words(row) for row in _versions(workspace_id).filter(template__code=code).order_by("-number")]
    first = builtin(code)
    return [*own, first] if first else own


def version(workspace_id: int, code: str, number: int) -> Saved:
    """A version by its number (0: the built-in text). Raises NoSuchTemplate."""
    if number == BUILTIN:
        found = builtin(code)
    else:
        row = _versions(workspace_id).filter(template__code=code, number=number).first()
        found = _words(row) if row else None
    if found is None:
        raise NoSuchTemplate(f"{code} {number}")
    return found


def snippets(member: Membership, wanted: Iterable[str] = SNIPPETS) -> dict[str, str]:
    """The texts of the `wanted` snippets: the member's own, else the workspace's, else the built-in ones."""
    wanted = [code for code in wanted if code in SNIPPETS]
    found = {code: SNIPPETS[code].text for code in wanted}
    if wanted:
        rows = Snippet.objects.filter(workspace_id=member.workspace_id, code__in=wanted)
        shared = {row.code: row.text for row in rows if row.member_id is None}
        own = {row.code: row.text for row in rows if row.member_id == member.pk}
        found |= shared | own
    return found


def _versions(workspace_id: int) -> QuerySet[Version]:
    return Version.objects.filter(template__workspace_id=workspace_id).select_related("template", "by")


def _words(row: Version) -> Saved:
    of, by = row.template, row.by.name if row.by else ""
    return Saved(of.code, of.name, of.kind, of.purpose, row.number, row.subject, row.text, row.created_at, by)
