"""One's own line through a phone provider: setting it up with a check, voicemails to leave, pausing, taking it away."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

import phonenumbers
from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from fifthcall import clock
from fifthcall.channels.trouble import Trouble, Unknown
from fifthcall.people.reach import normal_form
from fifthcall.phoning import lines
from fifthcall.phoning.models import Line, Voice
from fifthcall.phoning.providers import PROVIDERS, provider_of, ready
from fifthcall.teams.models import Membership
from fifthcall.web.access import MemberRequest

_HIDDEN = forms.PasswordInput(attrs={"autocomplete": "off"}, render_value=False)
#: How a sound begins, and what it then is (RIFF; MPEG audio, bare or with an ID3 tag).
_SOUNDS = {b"RIFF": "audio/wav", b"ID3": "audio/mpeg", b"\xff\xfb": "audio/mpeg", b"\xff\xf3": "audio/mpeg"}
LONGEST_SOUND = 2_000_000  # bytes
MOST_VOICES = 10


class LineForm(forms.Form):
    provider = forms.ChoiceField(label="Provider")
    account = forms.CharField(max_length=80, required=False, label="Account SID", widget=_HIDDEN)
    token = forms.CharField(max_length=200, required=False, label="Auth token", widget=_HIDDEN)
    number = forms.CharField(max_length=40, label="Your number there", help_text="Like +1 312 555 0100.")
    rings = forms.CharField(
        max_length=200,
        required=False,
        label="Which phone of yours rings when you call",
        help_text="Your mobile or desk number, or a SIP address like sip:ada@office.example. Empty: texts only.",
    )
    sip_username = forms.CharField(max_length=80, required=False, label="User name of the SIP account", widget=_HIDDEN)
    sip_password = forms.CharField(
        max_length=200,
        required=False,
        label="Password of the SIP account",
        widget=_HIDDEN,
        help_text="Both only where your SIP address asks for them. Kept encrypted; leave them empty to keep them.",
    )
    part_price = forms.DecimalField(
        max_digits=8, decimal_places=5, min_value=Decimal(0), required=False, label="What one part of a text costs"
    )
    records = forms.BooleanField(
        required=False,
        label="Calls may be recorded",
        help_text="Never by itself: only in a call in which they agreed, and you say in what words.",
    )

    def __init__(self, line: Line, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.line = line
        self.fields["provider"].choices = [  # type: ignore[attr-defined]
            (code, PROVIDERS[code][0]) for code in ready()
        ]
        if line.pk:
            for name in ("account", "token"):
                self.fields[name].help_text = "Kept encrypted. Leave it empty to keep it."

    def clean_number(self) -> str:
        return _number(self.cleaned_data["number"])

    def clean_rings(self) -> str:
        said: str = self.cleaned_data["rings"].strip()
        if said.startswith("sip:"):
            if "@" not in said:
                raise forms.ValidationError("A SIP address has an @: sip:ada@office.example.")
            return said
        return _number(said) if said else ""

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        kept = self.line.secrets() if self.line.sealed else {}
        for name, what in (("account", "the account’s SID"), ("token", "the account’s token")):
            if not (data.get(name) or kept.get(name)):
                self.add_error(name, f"Paste {what} from the provider’s console.")
        self._check_sip(data)
        return data

    def _check_sip(self, data: dict[str, Any]) -> None:
        given = [bool(data.get(name)) for name in ("sip_username", "sip_password")]
        if any(given) and not all(given):
            missing = "sip_username" if given[1] else "sip_password"
            self.add_error(missing, "A SIP account has a user name and a password.")
        elif any(given) and not data.get("rings", "").startswith("sip:"):
            self.add_error("rings", "A SIP account belongs to a SIP address: sip:ada@office.example.")

    def taken(self) -> Line:
        """The line as the form has it, not saved."""
        data, line = self.cleaned_data, self.line
        for name in ("provider", "number", "rings", "part_price", "records"):
            setattr(line, name, data[name])
        if not line.rings.startswith("sip:"):
            line.forget_secrets("sip_username", "sip_password")
        line.keep_secrets(**{name: data[name] for name in ("account", "token", "sip_username", "sip_password")})
        return line


def _number(said: str) -> str:
    try:
        if phonenumbers.is_possible_number(phonenumbers.parse(said, None)):
            return normal_form("phone", said, None)
    except phonenumbers.NumberParseException:
        pass
    raise forms.ValidationError("Give it with its country: +1 312 555 0100.")


class VoiceForm(forms.Form):
    name = forms.CharField(max_length=80, label="What it is for", help_text="“After a quote”, “Second voicemail”.")
    sound = forms.FileField(label="Your recording", help_text="WAV or MP3, at most 2 MB.")

    def clean_sound(self) -> tuple[bytes, str]:
        found = self.cleaned_data["sound"]
        if (found.size or 0) > LONGEST_SOUND:
            raise forms.ValidationError("It is larger than 2 MB. A voicemail of half a minute is enough.")
        content = found.read()
        kind = next((kind for start, kind in _SOUNDS.items() if content.startswith(start)), "")
        if not kind:
            raise forms.ValidationError("It is neither WAV nor MP3. Save it as one of them.")
        return content, kind


def line(request: MemberRequest) -> HttpResponse:
    """Set it up or change it; nothing is kept that the provider doesn't accept."""
    member, now = request.member, clock.now()
    mine = lines.line_of(member) or Line(workspace=member.workspace, member=member)
    first = {name: getattr(mine, name) for name in ("provider", "number", "rings", "part_price", "records")}
    form = LineForm(mine, request.POST or None, initial=first)
    if request.method == "POST" and form.is_valid():
        try:
            made = form.taken()
            provider_of(made).check(made)
            lines.save(made, now)
            if reachable():
                provider_of(made).report_here(made, lines.report_to(made, "texts"), "")
        except lines.Taken as error:
            form.add_error("number", str(error))
        except (Trouble, Unknown) as error:
            form.add_error(None, f"Not saved: {error}")
        else:
            messages.success(request, "Your line works.")
            return redirect("line")
    return _page(request, form)


def _page(request: MemberRequest, form: LineForm, voice_form: VoiceForm | None = None) -> HttpResponse:
    shown = lines.line_of(request.member)
    context = {
        "form": form,
        "line": shown,
        "providers": list(ready()),
        "reachable": reachable(),
        "url": settings.URL,
        "voices": _voices(request.member),
        "voice_form": voice_form or VoiceForm(),
    }
    status = 422 if form.errors or (voice_form and voice_form.errors) else 200
    return render(request, "fifthcall/line.html", context, status=status)


def reachable() -> bool:
    """Whether the provider can reach this installation to report what came."""
    host = urlsplit(settings.URL).hostname or ""
    return host not in ("localhost", "127.0.0.1", "::1") and not host.startswith(("10.", "192.168."))


def _voices(member: Membership) -> list[Voice]:
    return list(member.voices.filter(removed_at=None).defer("sound").order_by("name"))


@require_POST
def line_state(request: MemberRequest, act: str) -> HttpResponse:
    """Pause it, let it go on, or take it away."""
    mine, now = lines.line_of(request.member), clock.now()
    if mine is None or act not in ("pause", "resume", "remove"):
        raise Http404
    if act == "pause":
        lines.pause(mine.pk, "you paused it.", now)
    elif act == "resume":
        lines.resume(mine, now)
    else:
        lines.remove(mine, now)
    return redirect("line")


@require_POST
def voice_add(request: MemberRequest) -> HttpResponse:
    """Keep a recorded voicemail."""
    form = VoiceForm(request.POST, request.FILES)
    if form.is_valid() and len(_voices(request.member)) >= MOST_VOICES:
        form.add_error(None, f"You have {MOST_VOICES} already. Take one away first.")
    if not form.is_valid():
        mine = lines.line_of(request.member) or Line(workspace=request.member.workspace, member=request.member)
        return _page(request, LineForm(mine), form)
    sound, kind = form.cleaned_data["sound"]
    Voice.objects.create(
        member=request.member, name=form.cleaned_data["name"], sound=sound, media_type=kind, created_at=clock.now()
    )
    return redirect("line")


@require_POST
def voice_remove(request: MemberRequest, pk: int) -> HttpResponse:
    if not request.member.voices.filter(pk=pk, removed_at=None).update(removed_at=clock.now()):
        raise Http404
    return redirect("line")


@require_GET
def voice(request: HttpRequest, secret: str) -> HttpResponse:
    """The recording, for the provider that plays it; its address can't be guessed."""
    found = Voice.objects.filter(token=secret, removed_at=None).first()
    if found is None:
        raise Http404
    response = HttpResponse(bytes(found.sound), content_type=found.media_type)
    response["Cache-Control"] = "private, max-age=3600"
    return response
