"""One's own mailbox: setting it up with a check, its pace, pausing and going on."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from fifthcall import clock
from fifthcall.channels.email import mailboxes, sending
from fifthcall.channels.email.imap import connect
from fifthcall.channels.email.presets import servers_of
from fifthcall.channels.email.providers import PROVIDERS
from fifthcall.channels.email.transport import check
from fifthcall.channels.models import Mailbox
from fifthcall.channels.trouble import Trouble, TryLater
from fifthcall.teams.models import Membership
from fifthcall.web.access import MemberRequest

#: Fields that hold what is sealed; left empty they stay as they are.
SECRETS = (
    "password",
    "client_id",
    "client_secret",
    "refresh_token",
    "token_url",
    "api_key",
    "secret_key",
    "signing_key",
)
_SERVERS = ("smtp_host", "smtp_port", "smtp_security", "imap_host", "imap_port", "imap_security")
_HIDDEN = forms.PasswordInput(attrs={"autocomplete": "off"}, render_value=False)


class MailboxForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable at run time
    password = forms.CharField(
        required=False,
        max_length=500,
        widget=_HIDDEN,
        help_text="With two-step sign-in, make an app password with your mail provider and use that.",
    )
    auth = forms.ChoiceField(
        label="Sign in with",
        choices=[
            (Mailbox.Auth.PASSWORD, "A password"),
            (Mailbox.Auth.OAUTH2, "OAuth 2"),
            (Mailbox.Auth.OPEN, "Nothing"),
        ],
        initial=Mailbox.Auth.PASSWORD,
        required=False,
    )
    client_id = forms.CharField(required=False, max_length=500, label="OAuth 2: client id")
    client_secret = forms.CharField(required=False, max_length=500, widget=_HIDDEN, label="OAuth 2: client secret")
    refresh_token = forms.CharField(required=False, max_length=4000, widget=_HIDDEN, label="OAuth 2: refresh token")
    token_url = forms.URLField(required=False, max_length=500, label="OAuth 2: token address", assume_scheme="https")
    provider = forms.ChoiceField(
        required=False,
        label="Send through",
        choices=[("", "The mail server (SMTP)"), *[(code, name) for code, (name, _) in PROVIDERS.items()]],
    )
    api_key = forms.CharField(required=False, max_length=500, widget=_HIDDEN, label="Provider: API key or server token")
    secret_key = forms.CharField(required=False, max_length=500, widget=_HIDDEN, label="Provider: second key (Mailjet)")
    signing_key = forms.CharField(
        required=False, max_length=500, widget=_HIDDEN, label="Provider: signing key (Mailgun)"
    )

    class Meta:
        model = Mailbox
        fields = (
            *("address", "name", "username", "provider", *_SERVERS),
            *("copies", "most_a_day", "apart_seconds", "signature"),
        )
        labels = {
            "address": "Your address",
            "name": "Your name, as they see it",
            "username": "User name, if it isn’t the address",
            "smtp_host": "Outgoing server (SMTP)",
            "smtp_port": "Port",
            "smtp_security": "Security",
            "imap_host": "Incoming server (IMAP)",
            "imap_port": "Port",
            "imap_security": "Security",
            "copies": "Copies in your Sent folder",
            "most_a_day": "Mails a day, at most",
            "apart_seconds": "Seconds between two, at least",
        }
        widgets = {"signature": forms.Textarea(attrs={"rows": 4})}

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        for name in (*_SERVERS, "copies"):
            self.fields[name].required = False

    def clean_most_a_day(self) -> int:
        value: int = self.cleaned_data["most_a_day"]
        if not 1 <= value <= 2000:
            raise forms.ValidationError("Between 1 and 2,000. Most providers stop a mailbox that sends more.")
        return value

    def clean(self) -> dict[str, Any]:
        """Empty servers are those of the address; then somebody must be able to sign in."""
        data = super().clean() or {}
        for name, known in servers_of(data.get("address") or "")._asdict().items():
            data[name] = data.get(name) or known
        kept = self.instance.secrets()
        if data.get("provider"):
            data["auth"] = Mailbox.Auth.OPEN
            wanted = PROVIDERS[data["provider"]][1]
            given = {
                "api_key": data.get("api_key"),
                "server_token": data.get("api_key"),
                "secret_key": data["secret_key"],
            }
            for name in wanted:
                if not (given[name] or kept.get(name)):
                    self.add_error("secret_key" if name == "secret_key" else "api_key", "Paste the provider's key.")
        elif data.get("auth") == Mailbox.Auth.PASSWORD and not (data.get("password") or kept.get("password")):
            self.add_error("password", "Give the mailbox's password.")
        elif data.get("auth") == Mailbox.Auth.OAUTH2:
            for name in ("client_id", "refresh_token", "token_url"):
                if not (data.get(name) or kept.get(name)):
                    self.add_error(name, "OAuth 2 needs it.")
        return data

    def taken(self) -> Mailbox:
        """The mailbox as the form has it, not saved."""
        mailbox: Mailbox = self.instance
        mailbox.auth = self.cleaned_data["auth"]
        secrets = {name: self.cleaned_data.get(name) or "" for name in SECRETS}
        mailbox.keep_secrets(**secrets, server_token=secrets["api_key"])
        return mailbox


def mailbox(request: MemberRequest) -> HttpResponse:
    """Set it up or change it; nothing is kept that the server doesn't accept."""
    member, now = request.member, clock.now()
    found = mailboxes.mailbox_of(member)
    mine = found or Mailbox(workspace=member.workspace, member=member, zone=member.zone, name=member.name)
    first = {"address": mine.address or member.email, "auth": mine.auth}
    form = MailboxForm(request.POST or None, instance=mine, initial=first)
    if request.method == "POST" and form.is_valid():
        try:
            made = form.taken()
            check(made)
            unread = _unreadable(made, guessed="imap_host" not in form.changed_data)
            mailboxes.save(made, now)
        except mailboxes.Taken as error:
            form.add_error("address", str(error))
        except Trouble as error:
            form.add_error(None, f"Not saved: {error}")
        else:
            messages.success(request, "Your mailbox works. Mails go out from it now.")
            if unread:
                messages.warning(request, f"Answers can’t be read yet: {unread} Give the incoming server.")
            return redirect("mailbox")
    shown = mailboxes.mailbox_of(member)
    hook = f"{settings.URL}/hooks/mail/{shown.pk}/{shown.hook_secret}/" if shown and shown.provider else ""
    context = {"form": form, "mailbox": shown, "hook": hook, "sections": _sections(form)}
    return render(request, "fifthcall/mailbox.html", context, status=422 if form.errors else 200)


def _unreadable(made: Mailbox, guessed: bool) -> str:
    """Why answers can't be read; the server is left out if it was only guessed. Raises Trouble where it was given."""
    if made.provider and not made.secrets().get("password"):
        made.imap_host = ""  # there is nothing to sign in with: its answers come by the provider
    if not made.imap_host:
        return ""
    try:
        connect(made).close()
    except TryLater as error:
        if not guessed:
            raise
        made.imap_host = ""
        return str(error)
    return ""


def _sections(form: MailboxForm) -> list[dict[str, Any]]:
    parts = {
        "": ("address", "name", "password", "signature"),
        "Servers": (*_SERVERS, "copies", "username"),
        "Other ways to sign in and send": (
            *("auth", "client_id", "client_secret", "refresh_token", "token_url"),
            *("provider", "api_key", "secret_key", "signing_key"),
        ),
        "Pace": ("most_a_day", "apart_seconds"),
    }
    return [
        {"title": title, "fields": [form[name] for name in names], "open": any(form[name].errors for name in names)}
        for title, names in parts.items()
    ]


@require_POST
def mailbox_state(request: MemberRequest, act: str) -> HttpResponse:
    """Pause it, let it go on, or take it away."""
    mine, now = mailboxes.mailbox_of(request.member), clock.now()
    if mine is None or act not in ("pause", "resume", "remove"):
        raise Http404
    if act == "pause":
        sending.pause(mine.pk, "you paused it.", now)
    elif act == "resume":
        mailboxes.resume(mine, now)
    else:
        mailboxes.remove(mine, now)
    return redirect("mailbox")


def trouble(member: Membership) -> str:
    """What keeps the member's mails from going out; "" when nothing does."""
    mine = mailboxes.mailbox_of(member)
    if mine is None:
        return ""
    if mine.paused_at:
        return f"Your mailbox is paused: {mine.paused_why}"
    return f"Your answers can't be read: {mine.read_problem}" if mine.read_problem else ""
