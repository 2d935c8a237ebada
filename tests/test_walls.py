"""Who may see what: every URL declares it, and an outsider gets nowhere."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from fifthcall.calendars.joining import add_member
from fifthcall.pipeline.models import Opportunity
from fifthcall.pipeline.next_step import place
from fifthcall.teams import set_up
from fifthcall.teams.models import Membership, User, Workspace
from fifthcall.touches.draft import Draft
from fifthcall.touches.log import log
from fifthcall.web.access import Who

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def patterns(entries: list[URLPattern | URLResolver]) -> Iterator[URLPattern]:
    for entry in entries:
        if isinstance(entry, URLResolver):
            yield from patterns(entry.url_patterns)
        else:
            yield entry


ALL = list(patterns(get_resolver().url_patterns))


def signed_in(name: str, space: Workspace, role: str) -> tuple[Client, Membership]:
    user = User.objects.create_user(f"{name}@example.com", "correct horse battery")
    member = add_member(space, name, name, NOW, user=user, email=user.email, role=role, active=True)
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client, member


@pytest.fixture
def cast(db: None, settings: object) -> dict[str, object]:
    settings.STORAGES = {  # type: ignore[attr-defined]
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    ours = Workspace.objects.create(name="Ours", zone="Europe/Berlin", created_at=NOW)
    theirs = Workspace.objects.create(name="Theirs", zone="Europe/Berlin", created_at=NOW)
    ada, ada_member = signed_in("ada", ours, "owner")
    ben, _ = signed_in("ben", ours, "member")
    mallory, _ = signed_in("mallory", theirs, "owner")
    row = Opportunity(workspace=ours, owner=ada_member, name="Roof", status="open", created_at=NOW, changed_at=NOW)
    place(row, NOW)
    row.save()
    touch = log(row.pk, ada_member, Draft("no_answer"), NOW)
    return {"ada": ada, "ben": ben, "mallory": mallory, "row": row, "touch": touch}


@pytest.mark.parametrize("entry", ALL, ids=lambda entry: str(entry.name))
def test_every_url_declares_who_may_use_it(entry: URLPattern) -> None:
    assert isinstance(getattr(entry.callback, "who", None), Who), entry


@pytest.mark.parametrize("who", ["mallory", "ben"])
def test_others_reach_nothing_of_adas(cast: dict[str, object], who: str) -> None:
    client, row = cast[who], cast["row"]
    assert isinstance(client, Client) and isinstance(row, Opportunity)
    before = Opportunity.objects.values().get(pk=row.pk)
    tried = 0
    for entry in ALL:
        converters = set(entry.pattern.converters)
        if entry.name is None or "pk" not in converters:
            continue
        named = {"pk": row.pk, "code": "no_answer", "act": "send", "secret": "x", "key": 1}
        url = reverse(entry.name, kwargs={name: named[name] for name in converters})
        for method in (client.get, client.post):
            assert method(url).status_code in (403, 404, 405), url
            tried += 1
    assert tried > 20
    assert Opportunity.objects.values().get(pk=row.pk) == before


def test_strangers_are_sent_to_sign_in(cast: dict[str, object]) -> None:
    for name in ("home", "today", "opportunities", "imports", "team", "settings"):
        answer = Client().get(reverse(name))
        assert answer.status_code == 302 and "/accounts/login/" in answer["Location"], name


def test_nothing_changes_by_get(cast: dict[str, object]) -> None:
    ada, row = cast["ada"], cast["row"]
    assert isinstance(ada, Client) and isinstance(row, Opportunity)
    for name in ("outcome_save", "outcome_preview", "snooze", "note_add", "fact_add", "person_add", "closure", "rest"):
        kwargs = {"pk": row.pk} | ({"code": "no_answer"} if name.startswith("outcome") else {})
        assert ada.get(reverse(name, kwargs=kwargs)).status_code == 405, name


def test_pages_forbid_foreign_scripts_and_frames(cast: dict[str, object]) -> None:
    ada = cast["ada"]
    assert isinstance(ada, Client)
    answer = ada.get(reverse("today"))
    policy = answer["Content-Security-Policy"]
    assert answer.status_code == 200 and "default-src 'self'" in policy and "unsafe" not in policy
    assert "no-store" in answer["Cache-Control"] or "private" in answer["Cache-Control"]


def test_the_set_up_link_works_once(db: None) -> None:
    link = set_up.new_link(NOW, "http://here")
    token = link.rstrip("/").rsplit("/", 1)[-1]
    assert set_up.is_open(token)
    assert set_up.use(token, NOW) and not set_up.use(token, NOW)
    assert not set_up.is_open(token)
    newer = set_up.new_link(NOW, "http://here")
    assert newer != link
