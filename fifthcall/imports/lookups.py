"""The workspace's names, found or made, while rows land."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

from fifthcall.calendars.joining import add_member
from fifthcall.imports.models import Import
from fifthcall.people.models import Organization
from fifthcall.people.names import matching_key
from fifthcall.pipeline.models import Product
from fifthcall.pipeline.next_step import blocks_of
from fifthcall.rules import case
from fifthcall.teams.models import Membership


class Lookups:
    """Members, organisations and products by their matching key; missing ones are made."""

    def __init__(self, batch: Import, now: datetime) -> None:
        self.batch, self.now = batch, now
        self.respelled: Counter[tuple[str, str]] = Counter()
        self.look_again()

    def look_again(self) -> None:
        """Forget what was found or made, and read what there is."""
        space = self.batch.workspace
        self._members = list(Membership.objects.filter(workspace=space))
        self._by_key = {m.key: m for m in self._members}
        self._by_email = {m.email.lower(): m for m in self._members if m.email}
        self._organizations = {o.key: o for o in Organization.objects.filter(workspace=space)}
        self._products = {p.key: p for p in Product.objects.filter(workspace=space)}
        self._blocks: dict[int, tuple[case.Block, ...]] = {}

    def member(self, name: str | None, email: str | None = None, **extra: Any) -> Membership | None:
        """The owner by email, else by name; an unknown one becomes an inactive member to invite."""
        found = self.known_member(name, email)
        if found or not (name or email):
            return found
        name = name or email or ""
        made = add_member(
            self.batch.workspace, name, matching_key(name), self.now, email=(email or "").lower(), **extra
        )
        self._by_key[made.key] = made
        if made.email:
            self._by_email[made.email] = made
        return made

    def known_member(self, name: str | None, email: str | None = None) -> Membership | None:
        return self._by_email.get((email or "").lower()) or self._by_key.get(matching_key(name or ""))

    def organization(self, name: str | None) -> Organization | None:
        key = matching_key(name or "")
        if not name or not key:
            return None
        if key not in self._organizations:
            self._organizations[key] = Organization.objects.create(
                workspace=self.batch.workspace, name=name, key=key, batch=self.batch
            )
        return self._organizations[key]

    def known_organization(self, name: str) -> Organization | None:
        return self._organizations.get(matching_key(name))

    def product(self, name: str | None) -> Product | None:
        key = matching_key(name or "")
        if not name or not key:
            return None
        if key not in self._products:
            self._products[key] = Product.objects.create(
                workspace=self.batch.workspace, name=name, key=key, batch=self.batch
            )
        found = self._products[key]
        if found.name != name:
            self.respelled[name, found.name] += 1
        return found

    def known_product(self, name: str) -> Product | None:
        return self._products.get(matching_key(name))

    def blocks(self, member: Membership | None) -> tuple[case.Block, ...]:
        if member is None:
            return ()
        if member.pk not in self._blocks:
            self._blocks[member.pk] = blocks_of(member.pk, member.zone)
        return self._blocks[member.pk]
