"""Fetching objects through what the member may see."""

from __future__ import annotations

from django.http import Http404

from fifthcall.pipeline.models import Opportunity
from fifthcall.pipeline.next_step import RELATED
from fifthcall.teams.models import Membership


def one_visible(member: Membership, pk: int) -> Opportunity:
    """The opportunity if `member` may see it; a 404 otherwise."""
    found = Opportunity.objects.visible_to(member).select_related(*RELATED).filter(pk=pk).first()
    if found is None:
        raise Http404("There is no such opportunity.")
    return found
