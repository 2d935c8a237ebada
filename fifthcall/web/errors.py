"""Error pages in a person's words."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    words = "This is for the workspace's owner or managers. Ask one of them."
    return render(request, "fifthcall/error.html", {"code": 403, "title": "Not for you", "words": words}, status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    words = "It was moved, or it is somebody else's."
    return render(request, "fifthcall/error.html", {"code": 404, "title": "Not here", "words": words}, status=404)


def failed(request: HttpRequest) -> HttpResponse:
    return render(request, "fifthcall/error.html", {"code": 500}, status=500)
