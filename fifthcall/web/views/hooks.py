"""Where providers report to. What can't be kept now is answered with 503: they say it again."""

from __future__ import annotations

from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.csrf import csrf_exempt

from fifthcall import clock
from fifthcall.channels.models import Mailbox
from fifthcall.cues import hooks, phone_hooks
from fifthcall.phoning.providers import SIGNATURES

LARGEST = 30_000_000  # bytes


@csrf_exempt
def mail_hook(request: HttpRequest, pk: int, secret: str, act: str) -> HttpResponse:
    """A mail provider's reports (`reports`) and the answers it passes on (`answers`)."""
    if request.method == "HEAD":  # some ask so whether anybody is there
        return HttpResponse()
    if request.method != "POST":
        return HttpResponse(status=405)
    if int(request.headers.get("Content-Length") or 0) > LARGEST:
        return HttpResponse(status=413)
    try:
        mailbox = Mailbox.objects.select_related("workspace").filter(pk=pk, removed_at=None).first()
        if (
            mailbox is None
            or not constant_time_compare(mailbox.hook_secret, secret)
            or act not in ("reports", "answers")
        ):
            raise Http404
        _take(mailbox, request, act)
    except hooks.Forged:
        return HttpResponse(status=403)
    except OperationalError:
        return HttpResponse(status=503)
    return HttpResponse()


def _take(mailbox: Mailbox, request: HttpRequest, act: str) -> None:
    now = clock.now()
    if act == "reports":
        for report in hooks.reports_of(mailbox, request):
            hooks.take_report(mailbox, report, now)
    else:
        for raw in hooks.answers_of(mailbox, request):
            hooks.keep_answer(mailbox, raw, now)


@csrf_exempt
def phone_hook(request: HttpRequest, pk: int, secret: str, act: str, key: int) -> HttpResponse:
    """A phone provider's reports: texts of theirs (`texts`), what became of one of ours (`state`), calls' legs."""
    if request.method != "POST":
        return HttpResponse(status=405)
    signature = next((request.headers[name] for name in SIGNATURES.values() if name in request.headers), "")
    said = {name: str(value) for name, value in request.POST.items()}
    try:
        phone_hooks.take_or_keep(phone_hooks.Report(pk, secret, act, key, said, signature), clock.now())
    except phone_hooks.Forged:
        return HttpResponse(status=403)
    except OSError:
        return HttpResponse(status=503)
    return HttpResponse('<?xml version="1.0" encoding="UTF-8"?><Response/>', content_type="text/xml")
