"""What attempts came to, split by channel, cadence, words, source and rep (G2): a picture, a table, the list behind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from fifthcall import clock
from fifthcall.insights import splits as counting
from fifthcall.insights.definitions import NUMBERS
from fifthcall.insights.drawing import scale
from fifthcall.insights.pooling import Prior
from fifthcall.insights.splits import COLUMNS, Came, Group, Rated
from fifthcall.insights.trails import NUMBERS_SHOWN, SPLITS
from fifthcall.rules.c1_playbook import books
from fifthcall.rules.outcomes import OUTCOMES
from fifthcall.teams.models import Membership
from fifthcall.touches import card as cards
from fifthcall.web.access import MemberRequest
from fifthcall.web.figures import as_file, percent
from fifthcall.wording.library import entries
from fifthcall.wording.odds import Score, needed

_BY = {
    "channel": "Channel",
    "playbook": "Playbook",
    "step": "Step of the cadence",
    "template": "Words",
    "source": "First source",
    "rep": "Salesperson",
}
_OF: dict[str, tuple[str, str, Callable[[Came], Score]]] = {
    "reached": ("Reached or answered", "reached somebody or got an answer", lambda came: came.reached),
    "met": ("Meetings set", "set a meeting", lambda came: came.met),
    "won": ("Won after it", "were the last one before a win", lambda came: came.won),
}
_CHANNELS = {"call": "Calls", "text": "Texts", "email": "Emails", "post": "Post", "meeting": "Meetings", "desk": "Desk"}
_COLUMNS = ("group", "attempts", "reached", "met", "won", "rate", "low", "high")
#: Of very many groups, those with the most cases are shown.
_SHOWN = 25
_NOT_SAID = {"playbook": "Outside a playbook", "step": "Outside a playbook", "template": "Without a template"}


@require_GET
def splits(request: MemberRequest) -> HttpResponse:
    """`?by=` a key of SPLITS, `?of=` reached, met or won."""
    by, of = _chosen(request)
    groups = counting.split(request.member, by)
    prior, rated = counting.rated({key: _OF[of][2](came) for key, came in groups.items()})
    name = _namer(request.member, by)
    shown = sorted(rated, key=lambda key: (-rated[key].score.of, str(key)))[:_SHOWN]
    rows = [_row(by, of, key, groups[key], rated[key], prior, name(key)) for key in shown]
    rows.sort(key=lambda row: -row["share"])
    top = scale([prior.mean, *(row["high"] / 100 for row in rows)])
    context = {
        "by": by,
        "of": of,
        "bys": _BY.items(),
        "ofs": [(code, words[0]) for code, words in _OF.items()],
        "did": _OF[of][1],
        "rows": rows,
        "more": max(0, len(rated) - _SHOWN),
        "mean": percent(prior.mean),
        "top": top,
        "sure": [row for row in rows if row["sure"]],
        "few": any(row["more_needed"] for row in rows),
        "numbers": [f"{number}" for number in range(1, NUMBERS_SHOWN)] + [f"{NUMBERS_SHOWN}+"],
        "definitions": [NUMBERS["split"]],
    }
    return render(request, "fifthcall/splits.html", context)


def _chosen(request: MemberRequest) -> tuple[str, str]:
    by, of = request.GET.get("by", "channel"), request.GET.get("of", "reached")
    if by not in SPLITS or of not in _OF:
        raise Http404("Attempts are split by " + ", ".join(SPLITS) + "; into reached, met and won.")
    return by, of


def _row(by: str, of: str, key: Group, came: Came, share: Rated, prior: Prior, name: str) -> dict[str, Any]:
    more = max(0, needed(prior.mean) - share.score.of)  # to tell it from one ten in a hundred better
    fixed = {"by": by} | {f"group{place}": "" if part is None else part for place, part in enumerate(key)}
    return {
        "name": name,
        "share": share.rate,
        "rate": percent(share.rate),
        "low": percent(share.low),
        "high": percent(share.high),
        "good": share.score.good,
        "of": share.score.of,
        "sure": not more and not share.low <= prior.mean <= share.high,
        "above": share.rate > prior.mean,
        "more_needed": more,
        "url": f"{reverse('split_list')}?{urlencode(fixed)}",
        "by_number": [{"good": score.good, "of": score.of, "rate": percent(score.rate)} for score in came.by_number],
    }


def _namer(member: Membership, by: str) -> Callable[[Group], str]:
    """What a group is called on screen."""
    called = _called(member, by)
    return lambda group: (called(group) if group[0] else "") or _NOT_SAID.get(by, "Not known")


def _called(member: Membership, by: str) -> Callable[[Group], str]:
    """The name of a group that has one; "" for what is not known any more."""
    space = member.workspace_id
    if by == "template":
        titles = {entry.words.code: entry.words.title for entry in entries(space)}
        return lambda key: f"{titles.get(key[0], key[0])}, {f'version {key[1]}' if key[1] else 'as built in'}"
    if by == "rep":
        people = dict(Membership.objects.filter(workspace=space).values_list("pk", "name"))
        return lambda key: people.get(key[0], "")
    if by == "playbook":
        playbooks = books(member.workspace.policy())
        return lambda key: f"{key[0]} {playbooks[key[0]].name}" if key[0] in playbooks else str(key[0])
    if by == "step":
        return lambda key: str(key[0]).replace(".", ", step ")
    return lambda key: _CHANNELS.get(key[0], str(key[0])) if by == "channel" else str(key[0])


@require_GET
def splits_file(request: MemberRequest, kind: str) -> HttpResponse:
    """Every group (`?by=`, `?of=` as on the page); `kind` is csv or json. Shares lie between 0 and 1."""
    by, of = _chosen(request)
    groups = counting.split(request.member, by)
    _, rated = counting.rated({key: _OF[of][2](came) for key, came in groups.items()})
    name = _namer(request.member, by)
    rows = [
        {
            "group": name(key),
            "attempts": groups[key].won.of,
            "reached": groups[key].reached.good,
            "met": groups[key].met.good,
            "won": groups[key].won.good,
            "rate": share.rate,
            "low": share.low,
            "high": share.high,
        }
        for key, share in sorted(rated.items(), key=lambda item: -item[1].score.of)
    ]
    return as_file(kind, "groups", _COLUMNS, rows)


@require_GET
def split_list(request: MemberRequest) -> HttpResponse:
    """The attempts behind a group: `by` and its values, `group0` (and `group1`)."""
    by, _ = _chosen(request)
    group = tuple(_value(column, request.GET.get(f"group{place}", "")) for place, column in enumerate(COLUMNS[by]))
    now, member = clock.now(), request.member
    rows = [
        {
            "when": cards.when(touch.at, now, member.zone),
            "whom": touch.person.name if touch.person else touch.opportunity.name,
            "what": OUTCOMES[touch.outcome].label,
            "who": touch.member.name if touch.member else "",
            "pk": touch.opportunity_id,
        }
        for touch in counting.attempts_of(member, by, group)
    ]
    return render(
        request, "fifthcall/hour_calls.html", {"title": f"Attempts: {_namer(member, by)(group)}", "rows": rows}
    )


def _value(column: str, part: str) -> str | int | None:
    """A value of the address as its column holds it. Raises Http404 for what it can't hold."""
    if column not in ("member_id", "template_version"):
        return part
    if column == "member_id" and not part:
        return None
    if not part.isdecimal() or len(part) > 9:
        raise Http404
    return int(part)
