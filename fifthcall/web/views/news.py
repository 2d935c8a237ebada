"""What has come in while a Today page stands open: asked for every second, and answered from one row."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from fifthcall import clock
from fifthcall.cues.arrivals import latest_of
from fifthcall.rules.outcomes import OUTCOMES
from fifthcall.touches.card import when, whom
from fifthcall.web.access import MemberRequest
from fifthcall.web.views.today import work


@require_GET
def news(request: MemberRequest) -> HttpResponse:
    """204 while nothing is newer than `since`; else what came, and what follows now. `card`: the one that is open."""
    since, card = (request.GET.get(name, "") for name in ("since", "card"))
    found = latest_of(request.member, int(since) if since.isdecimal() and len(since) < 10 else 0)
    if found is None:
        return HttpResponse(status=204)
    now, row = clock.now(), found.opportunity
    context = work(request, now, row.pk if row.pk == _pk(card) else None)
    context |= {
        "arrival": {
            "number": found.number,
            "pk": row.pk,
            "words": OUTCOMES[found.outcome].label,
            "icon": OUTCOMES[found.outcome].icon,
            "whom": whom(row),
            "when": when(found.at, now, request.member.zone),
            "here": row.pk == _pk(card),
        }
    }
    return render(request, "fifthcall/news.html", context)


def _pk(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 18 else None
