"""Who may use which URL: every route declares it, and one that doesn't is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import Enum
from functools import wraps
from typing import Any, cast

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, path

from fifthcall.teams.models import Membership, Role
from fifthcall.web.presence import keep_presence

View = Callable[..., HttpResponse]


class Who(Enum):
    ANYONE = "anyone"
    MEMBER = "member"
    MANAGER = "manager"  # managers and owners
    OWNER = "owner"

    def admits(self, member: Membership) -> bool:
        return {
            Who.ANYONE: True,
            Who.MEMBER: True,
            Who.MANAGER: member.leads,
            Who.OWNER: member.role == Role.OWNER,
        }[self]


class MemberRequest(HttpRequest):
    """A request that has passed the gate of a route for members."""

    member: Membership


def route(pattern: str, view: Any, *, who: Who, name: str) -> URLPattern:
    """A URL with who may use it. Members reach the view with `request.member` set."""

    @wraps(view)
    def gate(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if who is Who.ANYONE:
            return cast(HttpResponse, view(request, *args, **kwargs))
        member = member_of(request)
        if member is None:
            return redirect_to_login(request.get_full_path())
        if not who.admits(member):
            raise PermissionDenied
        cast(MemberRequest, request).member = member
        if member.workspace.tracking:
            keep_presence(request, member.workspace_id)
        return cast(HttpResponse, view(request, *args, **kwargs))

    gate.who = who  # type: ignore[attr-defined]
    return path(pattern, gate, name=name)


def declared(patterns: Iterable[URLPattern | URLResolver], who: Who) -> list[URLPattern | URLResolver]:
    """Declare the URLs of a library, all for `who`."""
    found = list(patterns)
    for entry in found:
        if isinstance(entry, URLResolver):
            declared(entry.url_patterns, who)
        else:
            entry.callback.who = who  # type: ignore[attr-defined]
    return found


def member_of(request: HttpRequest) -> Membership | None:
    """The signed-in user's active membership (of the workspace chosen in the session, else the first)."""
    if not request.user.is_authenticated:
        return None
    mine = Membership.objects.filter(user=request.user, active=True).select_related("workspace").order_by("id")
    chosen = request.session.get("workspace")
    return (chosen and mine.filter(workspace_id=chosen).first()) or mine.first()


class AccessMiddleware:
    """Refuse what no route has declared."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        # Only an answer that looked at the session can be somebody's own; asking it here would take the database.
        if request.session.accessed and request.user.is_authenticated if hasattr(request, "user") else False:
            response.setdefault("Cache-Control", "no-store")
        return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        if not hasattr(view, "who"):
            raise PermissionDenied("This URL does not declare who may use it.")
