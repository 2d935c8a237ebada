"""The people of the tests: Ada leads, Ben is a member, both of one workspace."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from django.test import Client

from fifthcall.calendars.joining import add_member
from fifthcall.teams.models import Membership, User, Workspace

START = datetime(2026, 11, 23, 8, tzinfo=UTC)


@dataclass(frozen=True)
class Cast:
    space: Workspace
    ada: Membership
    ben: Membership

    def sign_in(self, member: Membership) -> Client:
        client = Client()
        assert member.user
        client.force_login(member.user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client


def gather() -> Cast:
    space = Workspace.objects.create(name="Berg", zone="Europe/Berlin", created_at=START)
    return Cast(space, _member(space, "ada", "owner"), _member(space, "ben", "member"))


def _member(space: Workspace, name: str, role: str) -> Membership:
    user = User.objects.create_user(f"{name}@example.com", "correct horse battery")
    return add_member(space, name.title(), name, START, user=user, email=user.email, role=role, active=True)
