"""The picture and the links of tracked mail (E1). Anybody's, without sign-in or cookie, and without the database:
they answer while it is locked, from what is sealed in the address, and leave the rest to the worker."""

from __future__ import annotations

import base64

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.utils.cache import add_never_cache_headers
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from fifthcall import clock
from fifthcall.channels.email.tracked import opened
from fifthcall.cues import spool
from fifthcall.web.presence import address_of

#: One transparent dot.
DOT = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAICRAEAOw==")
_TOLD = {
    "HTTP_SEC_FETCH_MODE": "mode",
    "HTTP_SEC_FETCH_DEST": "dest",
    "HTTP_SEC_FETCH_SITE": "site",
    "HTTP_SEC_FETCH_USER": "user",
    "HTTP_SEC_PURPOSE": "purpose",
    "HTTP_PURPOSE": "purpose",
    "HTTP_X_PURPOSE": "purpose",
    "HTTP_X_MOZ": "purpose",
}


class Elsewhere(HttpResponseRedirect):
    """To where a stored link leads."""

    allowed_schemes = ["http", "https"]


@csrf_exempt
@require_safe
def picture(request: HttpRequest, token: str) -> HttpResponse:
    """The dot, always: whoever asks learns nothing about whether the address was one of ours."""
    found = opened(token, picture=True)
    if found:
        _keep(request, found.handle)
    return _uncached(HttpResponse(DOT, content_type="image/gif"))


@csrf_exempt
@require_safe
def link(request: HttpRequest, token: str) -> HttpResponse:
    """On to the stored target. A trap leads nowhere; an address that is not ours says so."""
    found = opened(token, picture=False)
    if found is None:
        return _uncached(HttpResponse(render_to_string("fifthcall/link_gone.html"), status=404))
    _keep(request, found.handle)
    return _uncached(Elsewhere(found.target) if found.target else HttpResponse(status=204))


def _uncached(response: HttpResponse) -> HttpResponse:
    add_never_cache_headers(response)
    response["Referrer-Policy"] = "no-referrer"
    return response


def _keep(request: HttpRequest, handle: str) -> None:
    now, address = clock.now(), address_of(request)
    said = {name: request.META[header] for header, name in _TOLD.items() if request.META.get(header)}
    said |= {"language": "1"} if request.META.get("HTTP_ACCEPT_LANGUAGE") else {}
    said |= {"encrypted": "1"} if request.is_secure() else {}
    line = {
        "h": handle,
        "t": now.isoformat(),
        "m": request.method,
        "ua": request.META.get("HTTP_USER_AGENT", "")[:300],
        "a": spool.digest(address),
        "n": spool.network_of(address),
        "session": spool.digest(request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")),
        "said": said,
    }
    spool.writer().add(line, now, counted=handle)
