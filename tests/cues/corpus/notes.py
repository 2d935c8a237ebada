# ruff: noqa: E501  # a mail a line reads better
"""Absence notes of mail servers and programs, in many languages, with the last day of the absence where they say it."""

from __future__ import annotations

from datetime import date

from fifthcall.cues.judging import Sort
from tests.cues.corpus.mail import ANSWER, AUTO, Labelled, mail

_EXCHANGE = {
    "X-Auto-Response-Suppress": "All",
    "Auto-Submitted": "auto-generated",
    "X-MS-Exchange-Generated-Message-Source": "Mailbox Rules Agent",
}
_GMAIL = {"Precedence": "bulk", "X-Autoreply": "yes", "Auto-Submitted": "auto-replied"} | ANSWER
_SIEVE = {"Auto-Submitted": "auto-replied (vacation)", "Precedence": "bulk", "X-Sieve": "Pigeonhole Sieve 0.5"} | ANSWER
_ICLOUD = {"Auto-Submitted": "auto-replied", "X-Mailer": "iCloud Mail"} | ANSWER
_ZIMBRA = {"Auto-Submitted": "auto-replied (zimbra; vacation)", "Precedence": "bulk"}
_GROUPWISE = {"X-Autoreply": "true", "X-Mailer": "GroupWise"}
_CPANEL = {"X-Autorespond": "Your roof", "Precedence": "auto_reply"}
_BARE: dict[str, str] = {}  # gives no sign of itself
_EMPTY = {"Return-Path": "<>"}

#: Headers, subject, text, the last day away.
_NOTES: list[tuple[dict[str, str], str, str, date | None]] = [
    (_EXCHANGE, "Automatic reply: Your roof", "I am out of the office until December 4, 2026. For urgent matters contact Tom.", date(2026, 12, 4)),
    (_EXCHANGE, "Automatic reply: Your roof", "I'm on annual leave and will be back on Monday 7th December.", date(2026, 12, 6)),
    (_EXCHANGE, "Automatic reply: Your roof", "I will be out from 12/1 to 12/18 with no access to email.", date(2026, 12, 18)),
    (_EXCHANGE, "Automatic reply: Your roof", "I am out of the office from 30/11/2026 until 05/12/2026.", date(2026, 12, 5)),
    (_EXCHANGE, "Automatic reply: Your roof", "I am out until 12/11/2026 and will reply when I return.", date(2026, 12, 11)),
    (_EXCHANGE, "Automatic reply: Your roof", "I am on maternity leave. Please contact Tom.", None),
    (_EXCHANGE, "Automatic reply: Your roof", "Happy holidays! I am away and return on January 4.", date(2027, 1, 3)),
    (_EXCHANGE, "Automatic reply: Your roof", "Out of office. Back 2026-12-08.", date(2026, 12, 7)),
    (_EXCHANGE, "Automatische Antwort: Ihr Dach", "Ich bin bis einschließlich 4.12.2026 nicht im Büro. In dringenden Fällen wenden Sie sich an Tom, Tel. 0711 555-12.", date(2026, 12, 4)),
    (_EXCHANGE, "Automatische Antwort: Ihr Dach", "Ich bin ab dem 7. Dezember wieder im Büro.", date(2026, 12, 6)),
    (_EXCHANGE, "Automatische Antwort: Ihr Dach", "Vom 23.12. bis zum 6.1. bin ich im Urlaub.", date(2027, 1, 6)),
    (_EXCHANGE, "Automatische Antwort: Ihr Dach", "Am Montag, den 30. November bin ich wieder für Sie da.", date(2026, 11, 29)),
    (_EXCHANGE, "Réponse automatique : Votre toit", "Je suis absente du 23/11 au 04/12 inclus. En cas d'urgence, contactez Tom.", date(2026, 12, 4)),
    (_EXCHANGE, "Réponse automatique : Votre toit", "Je serai de retour le lundi 7 décembre.", date(2026, 12, 6)),
    (_EXCHANGE, "Réponse automatique : Votre toit", "Je suis en congés jusqu'au 1er décembre.", date(2026, 12, 1)),
    (_EXCHANGE, "Respuesta automática: Su tejado", "Estoy fuera de la oficina hasta el 4 de diciembre.", date(2026, 12, 4)),
    (_EXCHANGE, "Respuesta automática: Su tejado", "Estoy de vacaciones. Regreso el 7 de diciembre de 2026.", date(2026, 12, 6)),
    (_EXCHANGE, "Risposta automatica: Il tetto", "Sono fuori ufficio fino al 4 dicembre. Per urgenze contattare Tom.", date(2026, 12, 4)),
    (_EXCHANGE, "Risposta automatica: Il tetto", "Sono in ferie, rientro il 7 dicembre.", date(2026, 12, 6)),
    (_EXCHANGE, "Automatisch antwoord: Uw dak", "Ik ben afwezig t/m 4 december. Voor dringende zaken kunt u bellen met Tom.", date(2026, 12, 4)),
    (_EXCHANGE, "Automatisch antwoord: Uw dak", "Vanaf 7-12-2026 ben ik weer bereikbaar.", date(2026, 12, 6)),
    (_EXCHANGE, "Resposta automática: O telhado", "Estou ausente até 4 de dezembro.", date(2026, 12, 4)),
    (_EXCHANGE, "Resposta automática: O telhado", "Estou de férias e retorno em 07/12/2026.", date(2026, 12, 6)),
    (_EXCHANGE, "Odpowiedź automatyczna: Dach", "Jestem na urlopie do 4 grudnia. W pilnych sprawach proszę o kontakt z Tomem.", date(2026, 12, 4)),
    (_EXCHANGE, "Automatiskt svar: Ditt tak", "Jag är på semester till och med den 4 december.", date(2026, 12, 4)),
    (_EXCHANGE, "Automatisk svar: Dit tag", "Jeg er på ferie og er tilbage den 7. december.", date(2026, 12, 6)),
    (_EXCHANGE, "Automatisk svar: Taket", "Jeg er ikke på kontoret til og med 4. desember.", date(2026, 12, 4)),
    (_EXCHANGE, "Automaattinen vastaus: Katto", "Olen lomalla 4.12.2026 asti. Kiireellisissä asioissa ottakaa yhteyttä Tomiin.", date(2026, 12, 4)),
    (_EXCHANGE, "Automatická odpověď: Střecha", "Jsem na dovolené do 4. prosince.", date(2026, 12, 4)),
    (_EXCHANGE, "自動応答: 屋根", "12月4日まで不在にしております。", date(2026, 12, 4)),
    (_GMAIL, "Out of Office Re: Your roof", "Hi, I'm out until Friday, December 4. Talk soon!", date(2026, 12, 4)),
    (_GMAIL, "Away Re: Your roof", "I am on vacation with limited access to email. I will be back December 7th.", date(2026, 12, 6)),
    (_GMAIL, "Abwesenheitsnotiz Re: Ihr Dach", "Ich bin bis 04.12. im Urlaub.", date(2026, 12, 4)),
    (_GMAIL, "Absence Re: Votre toit", "Je suis en vacances, de retour le 7 décembre.", date(2026, 12, 6)),
    (_SIEVE, "Auto: Your roof", "I'm away until 4 Dec 2026.", date(2026, 12, 4)),
    (_SIEVE, "Automated reply", "I am on holiday until the 4th of December.", date(2026, 12, 4)),
    (_SIEVE, "Re: Ihr Dach", "Ich bin im Urlaub und ab 7.12.2026 zurück.", date(2026, 12, 6)),
    (_SIEVE, "Out of office", "Currently travelling. I'll be back on Monday.", date(2026, 11, 29)),
    (_ICLOUD, "Re: Your roof", "I am away from my desk until Dec. 4.", date(2026, 12, 4)),
    (_ICLOUD, "Re: Il tetto", "Sono in ferie fino al 4/12.", date(2026, 12, 4)),
    (_ZIMBRA, "Out of Office: Your roof", "I will be out of the office from December 1 through December 18.", date(2026, 12, 18)),
    (_ZIMBRA, "Absence : Votre toit", "Je suis absent jusqu'au 4 décembre 2026.", date(2026, 12, 4)),
    (_GROUPWISE, "Re: Your roof (Out of office)", "I am out of the office returning December 7.", date(2026, 12, 6)),
    (_GROUPWISE, "Out of Office", "Away until 18 December. In urgent cases call the office.", date(2026, 12, 18)),
    (_CPANEL, "Re: Your roof", "Our office is closed until January 2nd.", date(2027, 1, 2)),
    (_CPANEL, "Betriebsferien", "Unser Betrieb ist vom 21.12.2026 bis 8.1.2027 geschlossen.", date(2027, 1, 8)),
    (_EMPTY, "Re: Your roof", "I'm currently out of the office until 4 December.", date(2026, 12, 4)),
    (_BARE, "Out of Office: Your roof", "I am out of the office until 12/4/2026. Please contact my colleague Tom.", date(2026, 12, 4)),
    (_BARE, "Automatic reply: Your roof", "I'm on sick leave until further notice.", None),
    (_BARE, "Abwesenheitsnotiz", "Sehr geehrte Damen und Herren, ich bin derzeit nicht im Haus und ab 7.12. wieder erreichbar.", date(2026, 12, 6)),
    (_BARE, "Re: Your roof", "Thank you for your email. I am out of the office until December 4. For urgent matters please contact Tom. I will reply upon my return.", date(2026, 12, 4)),
    (_BARE, "Re: Ihr Dach", "Vielen Dank für Ihre Nachricht. Ich bin bis zum 4. Dezember nicht im Büro. In dringenden Fällen wenden Sie sich bitte an Tom.", date(2026, 12, 4)),
    (_BARE, "Re: Votre toit", "Bonjour, je suis absent jusqu'au 4 décembre. Pour toute urgence, veuillez contacter Tom.", date(2026, 12, 4)),
    (_BARE, "Re: Su tejado", "Gracias por su mensaje. Estaré fuera de la oficina hasta el 4 de diciembre. Para asuntos urgentes, contacte con Tom.", date(2026, 12, 4)),
    (_BARE, "Absence du bureau", "Je suis en congé. À mon retour je vous répondrai.", None),
    (_BARE, "Fuera de la oficina", "Vuelvo el 7 de diciembre.", date(2026, 12, 6)),
    (AUTO, "Re: Your roof", "Hi! I'm at a conference and reply slowly. Currently out of the office. Back on Thursday.", date(2026, 11, 25)),
    (AUTO, "Re: Your roof", "I'm out of the office today, 24 November.", date(2026, 11, 24)),
    (AUTO, "Re: Your roof", "I was born on 3 May 1970, work 24/7, and am on vacation till Dec 31st.", date(2026, 12, 31)),
    (_BARE, "Re: Your roof", "Thank you for your email. I'm on PTO through 12/11 and will respond when I'm back.", date(2026, 12, 11)),
    (_BARE, "Re: Your roof", "Hello, I'm currently on a business trip until 30 November with limited connectivity. Please call our office in urgent cases.", date(2026, 11, 30)),
    (_BARE, "Re: Ihr Dach", "Danke für Ihre Mail! Ich bin vom 23.11. bis 27.11. auf Fortbildung. Ihre Mail wird nicht weitergeleitet.", date(2026, 11, 27)),
]  # fmt: skip

MAILS = [
    Labelled(f"away {number}: {text[:40]}", mail(text, headers, subject=subject), Sort.OUT_OF_OFFICE, until, dated=True)
    for number, (headers, subject, text, until) in enumerate(_NOTES, 1)
]
