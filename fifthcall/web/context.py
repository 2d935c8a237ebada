from __future__ import annotations

from typing import Any

from django.http import HttpRequest


def member(request: HttpRequest) -> dict[str, Any]:
    """The signed-in member, for the bar at the top."""
    return {"member": getattr(request, "member", None)}
