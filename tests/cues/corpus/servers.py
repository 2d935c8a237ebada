# ruff: noqa: E501  # a mail a line reads better
"""What mail servers report of mails that did not arrive, or not yet: by RFC 3464 and in free text."""

from __future__ import annotations

from fifthcall.cues.judging import Sort
from tests.cues.corpus.mail import Labelled, mail, parts

GONE = "anna@customer.example"

#: Server, sender, what a person reads, action, status, diagnostic, what it is.
_REPORTS: list[tuple[str, str, str, str, str, str, Sort]] = [
    ("Postfix", "MAILER-DAEMON@mx.example", "Undelivered Mail Returned to Sender", "failed", "5.1.1", "smtp; 550 5.1.1 User unknown", Sort.BOUNCED),
    ("Postfix domain", "MAILER-DAEMON@mx.example", "Undelivered Mail Returned to Sender", "failed", "5.4.4", "X-Postfix; Host or domain name not found", Sort.BOUNCED),
    ("Postfix full", "MAILER-DAEMON@mx.example", "Undelivered Mail Returned to Sender", "failed", "5.2.2", "smtp; 552 5.2.2 Over quota", Sort.DELAYED),
    ("Postfix later", "MAILER-DAEMON@mx.example", "Delayed Mail (still being retried)", "delayed", "4.4.1", "X-Postfix; connect timed out", Sort.DELAYED),
    ("Exim", "Mailer-Daemon@exim.example", "Mail delivery failed: returning message to sender", "failed", "5.0.0", "smtp; 550 No such user", Sort.BOUNCED),
    ("Exim late", "Mailer-Daemon@exim.example", "Warning: message 1kX delayed 24 hours", "delayed", "4.0.0", "", Sort.DELAYED),
    ("Sendmail", "MAILER-DAEMON@sm.example", "Returned mail: see transcript for details", "failed", "5.1.1", "SMTP; 550 5.1.1 User unknown", Sort.BOUNCED),
    ("Sendmail late", "MAILER-DAEMON@sm.example", "Warning: could not send message for past 4 hours", "delayed", "4.2.0", "", Sort.DELAYED),
    ("Microsoft 365", "postmaster@tenant.example", "Undeliverable: Your roof", "failed", "5.1.10", "smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound", Sort.BOUNCED),
    ("Microsoft edge", "postmaster@tenant.example", "Undeliverable: Your roof", "failed", "5.4.1", "smtp;550 5.4.1 Recipient address rejected: Access denied", Sort.BOUNCED),
    ("Microsoft full", "postmaster@tenant.example", "Undeliverable: Your roof", "failed", "5.2.2", "smtp;554 5.2.2 mailbox full; STOREDRV.Deliver: QuotaExceededException", Sort.DELAYED),
    ("Microsoft refused", "postmaster@tenant.example", "Undeliverable: Your roof", "failed", "5.7.1", "smtp;550 5.7.1 Service unavailable, client host blocked using Spamhaus", Sort.DELAYED),
    ("Exchange", "postmaster@firma.example", "Unzustellbar: Ihr Dach", "failed", "5.1.1", "smtp;550 5.1.1 RESOLVER.ADR.ExRecipNotFound", Sort.BOUNCED),
    ("Exchange late", "postmaster@firma.example", "Verzögerung der Zustellung", "delayed", "4.4.7", "", Sort.DELAYED),
    ("Gmail", "mailer-daemon@googlemail.example", "Delivery Status Notification (Failure)", "failed", "5.1.1", "smtp; 550-5.1.1 The email account that you tried to reach does not exist.", Sort.BOUNCED),
    ("Gmail late", "mailer-daemon@googlemail.example", "Delivery Status Notification (Delay)", "delayed", "4.4.1", "smtp; The recipient server did not accept our requests to connect.", Sort.DELAYED),
    ("Gmail full", "mailer-daemon@googlemail.example", "Delivery Status Notification (Failure)", "failed", "5.2.2", "smtp; 552-5.2.2 The recipient's inbox is out of storage space.", Sort.DELAYED),
    ("Yahoo", "MAILER-DAEMON@yahoo.example", "Failure Notice", "failed", "5.0.0", "smtp; 554 delivery error: dd This user doesn't have an account", Sort.BOUNCED),
    ("SES", "MAILER-DAEMON@amazonses.example", "Delivery Status Notification (Failure)", "failed", "5.1.1", "smtp; 550 5.1.1 user unknown", Sort.BOUNCED),
    ("SES soft", "MAILER-DAEMON@amazonses.example", "Delivery Status Notification (Failure)", "failed", "4.4.7", "smtp; 554 4.4.7 Message expired", Sort.DELAYED),
    ("GMX", "mailer-daemon@gmx.example", "Mail delivery failed: returning message to sender", "failed", "5.1.1", "smtp; 550 Requested action not taken: mailbox unavailable", Sort.BOUNCED),
    ("French", "postmaster@client.example", "Non remis : Votre toit", "failed", "5.1.1", "smtp;550 5.1.1 inconnu", Sort.BOUNCED),
    ("Italian", "postmaster@cliente.example", "Non recapitabile: Il tetto", "failed", "5.1.10", "smtp;550", Sort.BOUNCED),
    ("greylisted", "MAILER-DAEMON@mx.example", "Delayed Mail", "delayed", "4.7.1", "smtp; 450 4.7.1 Greylisted", Sort.DELAYED),
    ("too large", "MAILER-DAEMON@mx.example", "Undelivered Mail", "failed", "5.3.4", "smtp; 552 5.3.4 Message size exceeds fixed limit", Sort.DELAYED),
    ("policy", "MAILER-DAEMON@mx.example", "Undelivered Mail", "failed", "5.7.26", "smtp; 550-5.7.26 unauthenticated mail is not accepted, check SPF and DKIM", Sort.DELAYED),
    ("relayed", "MAILER-DAEMON@mx.example", "Successful Mail Delivery Report", "relayed", "2.0.0", "", Sort.AUTO_REPLY),
    ("delivered", "postmaster@tenant.example", "Delivered: Your roof", "delivered", "2.1.5", "", Sort.AUTO_REPLY),
]  # fmt: skip

#: Server, sender, headers, subject, text, what it is.
_FREE: list[tuple[str, str, dict[str, str], str, str, Sort]] = [
    ("qmail", "MAILER-DAEMON@q.example", {}, "failure notice", f"Hi. This is the qmail-send program at q.example.\nI'm afraid I wasn't able to deliver your message to the following addresses.\n\n<{GONE}>:\nSorry, no mailbox here by that name. (#5.1.1)", Sort.BOUNCED),
    ("qmail full", "MAILER-DAEMON@q.example", {}, "failure notice", f"I'm afraid I wasn't able to deliver your message.\n\n<{GONE}>:\nThe users mailbox is over the allowed quota. mailbox is full (#5.2.2)", Sort.DELAYED),
    ("Exim text", "Mailer-Daemon@exim.example", {"X-Failed-Recipients": GONE}, "Mail delivery failed: returning message to sender", f"A message that you sent could not be delivered.\nThis is a permanent error.\n\n  {GONE}\n    550 Unknown user", Sort.BOUNCED),
    ("Exim late text", "Mailer-Daemon@exim.example", {}, "Warning: message 1kX delayed 24 hours", f"The message has not yet been delivered to {GONE}. No action is required on your part. Delivery attempts will continue.", Sort.DELAYED),
    ("Sendmail text", "MAILER-DAEMON@sm.example", {}, "Returned mail: User unknown", f"----- The following addresses had permanent fatal errors -----\n<{GONE}>\n550 5.1.1 User unknown", Sort.BOUNCED),
    ("Exchange text", "postmaster@firma.example", {}, "Undeliverable: Your roof", f"Delivery has failed to these recipients:\n{GONE}\nThe address does not exist. 5.1.1", Sort.BOUNCED),
    ("Domino", "postmaster@domino.example", {}, "DELIVERY FAILURE: User anna not listed", f"Your message could not be delivered to:\n{GONE}\nbecause: no such user", Sort.BOUNCED),
    ("GMX text", "mailer-daemon@gmx.example", {}, "Mail delivery failed: returning message to sender", f"Diese Nachricht wurde automatisch erstellt.\nIhre Nachricht konnte nicht zugestellt werden:\n{GONE}\nUnbekannter Empfänger", Sort.BOUNCED),
    ("German full", "postmaster@kunde.example", {}, "Unzustellbar: Ihr Dach", f"Konnte nicht zugestellt werden: {GONE}\nDas Postfach ist voll.", Sort.DELAYED),
    ("Spanish", "postmaster@cliente.example", {}, "No se puede entregar: Su tejado", f"No se ha podido entregar a {GONE}: usuario desconocido", Sort.BOUNCED),
    ("Dutch", "postmaster@klant.example", {}, "Onbestelbaar: Uw dak", f"Niet bezorgd bij {GONE}: onbekende gebruiker", Sort.BOUNCED),
    ("Portuguese", "postmaster@cliente.example", {}, "Falha na entrega: O telhado", f"A mensagem não foi entregue a {GONE}: utilizador desconhecido", Sort.BOUNCED),
    ("Polish", "postmaster@klient.example", {}, "Niedostarczona: Dach", f"Nie można dostarczyć do {GONE}: nieznany adres", Sort.BOUNCED),
    ("Swedish", "postmaster@kund.example", {}, "Kunde inte levereras: Ditt tak", f"{GONE} finns inte", Sort.BOUNCED),
    ("empty path", "mail@gateway.example", {"Return-Path": "<>"}, "Undeliverable message", f"550 5.1.1 <{GONE}> user unknown", Sort.BOUNCED),
    ("Yahoo text", "MAILER-DAEMON@yahoo.example", {}, "Failure Notice", f"Sorry, we were unable to deliver your message to the following address.\n\n<{GONE}>:\n554: delivery error: This user doesn't have an account", Sort.BOUNCED),
    ("mdaemon", "MDaemon@md.example", {}, "Permanent Delivery Failure", f"{GONE}: 550 5.1.1 Recipient unknown", Sort.BOUNCED),
    ("Gmail blocked", "mailer-daemon@googlemail.example", {}, "Delivery Status Notification (Failure)", f"Message blocked. Your message to {GONE} has been blocked: detected as spam. 550 5.7.1", Sort.DELAYED),
]  # fmt: skip


def _report(name: str, sender: str, subject: str, action: str, status: str, diagnostic: str, sort: Sort) -> Labelled:
    told = f"Final-Recipient: rfc822; {GONE}\nAction: {action}\nStatus: {status}\n"
    told += f"Diagnostic-Code: {diagnostic}\n" if diagnostic else ""
    raw = parts(
        "multipart/report; report-type=delivery-status",
        f"Content-Type: text/plain; charset=utf-8\n\n{subject}. It was for {GONE}.",
        f"Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\n{told}",
        "Content-Type: text/rfc822-headers\n\nFrom: rep@ours.example\nMessage-ID: <m1.1@ours.example>\nSubject: Your roof",
        headers={"Auto-Submitted": "auto-replied", "Return-Path": "<>"}, subject=subject, sender=sender,
    )  # fmt: skip
    return Labelled(f"server: {name}", raw, sort, failed=GONE if sort in (Sort.BOUNCED, Sort.DELAYED) else "")


MAILS = [
    *(_report(*row) for row in _REPORTS),
    *(
        Labelled(f"server text: {name}", mail(text, headers, subject=subject, sender=sender), sort, failed=GONE)
        for name, sender, headers, subject, text, sort in _FREE
    ),
]
