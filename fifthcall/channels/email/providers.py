"""Mail through a provider's API instead of SMTP (the extra `providers`)."""

from __future__ import annotations

from collections.abc import Callable
from email.message import EmailMessage, MIMEPart

from django.core.mail import EmailMultiAlternatives, get_connection

from fifthcall.channels.models import Mailbox

#: provider → its name, and the secrets its backend wants (django-anymail's names).
PROVIDERS: dict[str, tuple[str, tuple[str, ...]]] = {
    "brevo": ("Brevo", ("api_key",)),
    "mailgun": ("Mailgun", ("api_key",)),
    "mailjet": ("Mailjet", ("api_key", "secret_key")),
    "postmark": ("Postmark", ("server_token",)),
    "resend": ("Resend", ("api_key",)),
    "sendgrid": ("SendGrid", ("api_key",)),
    "sparkpost": ("SparkPost", ("api_key",)),
}
#: The name under which our Message-ID goes out and comes back with the provider's reports.
KEY = "fifthcall_message"
#: Headers that the provider's API takes as fields of its own.
_OWN = frozenset({"from", "to", "subject", "date", "mime-version", "content-type", "content-transfer-encoding"})


def deliver_by_api(mailbox: Mailbox, mail: EmailMessage, to_address: str, begin: Callable[[], bool]) -> bool:
    """As `transport.deliver`. Raises its Trouble, or Unknown when the provider did not say what it did."""
    import requests
    from anymail.exceptions import AnymailError, AnymailRequestsAPIError

    from fifthcall.channels.trouble import NotLetIn, Refused, TryLater, Unknown

    name, wants = PROVIDERS[mailbox.provider]
    secrets = {want: mailbox.secrets()[want] for want in wants}
    connection = get_connection(f"anymail.backends.{mailbox.provider}.EmailBackend", **secrets)
    if not begin():
        return False
    try:
        connection.send_messages([_as_django(mail, to_address)])
    except AnymailRequestsAPIError as error:
        code = error.status_code or 0
        words = f"{name}: {code} {str(error).splitlines()[0]}"[:250]
        if code in (401, 403):
            raise NotLetIn(words) from error
        if code == 429:
            raise TryLater(words) from error
        if 400 <= code < 500:
            raise Refused(words) from error
        if isinstance(error.__cause__, requests.ConnectTimeout):
            raise TryLater(words) from error
        raise Unknown(words) from error
    except AnymailError as error:
        raise Refused(f"{name}: {error}"[:250]) from error
    return True


def _as_django(mail: EmailMessage, to_address: str) -> EmailMultiAlternatives:
    headers = {name: str(value) for name, value in mail.items() if name.lower() not in _OWN}
    found = EmailMultiAlternatives(str(mail["Subject"]), _text(mail, "plain"), str(mail["From"]), [to_address])
    found.extra_headers = headers
    found.metadata = {KEY: str(mail["Message-ID"])}  # type: ignore[attr-defined]  # comes back with its reports
    if html := _text(mail, "html"):
        found.attach_alternative(html, "text/html")
    return found


def _text(mail: EmailMessage, kind: str) -> str:
    part: MIMEPart | None = mail.get_body((kind,))
    return str(part.get_content()) if part else ""
