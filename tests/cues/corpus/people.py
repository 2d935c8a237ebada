# ruff: noqa: E501  # a mail a line reads better
"""Answers of people: however they quote, sign and plan their days."""

from __future__ import annotations

from fifthcall.cues.judging import Sort
from fifthcall.cues.stop_words import Stop
from tests.cues.corpus.mail import ANSWER, Labelled, mail, parts

_OUR = (
    "Hello Anna,\n> if you would rather not hear from us, unsubscribe here. I am out of office until 1 December.\n> Rep"
)
_QUOTE = f"On Mon, 23 Nov 2026 at 10:12, Rep <rep@ours.example> wrote:\n> {_OUR}"
_OUTLOOK = (
    "________________________________\nFrom: Rep <rep@ours.example>\nSent: Monday, November 23, 2026 10:12 AM\n"
    "To: Anna Berg\nSubject: Your roof\n\nHello Anna, to stop these mails click unsubscribe. I'm out of the office until Friday."
)

#: Name: text. Each answers a mail of ours.
_ANSWERS = {
    "top": f"Yes, that works. Call me on Thursday.\n\n{_QUOTE}",
    "bottom": f"{_QUOTE}\n\nYes, that works. Call me on Thursday.",
    "inline": f"{_QUOTE.splitlines()[0]}\n> Does Thursday suit?\nIt does.\n> And the price?\nToo high, sorry.\n> unsubscribe here",
    "outlook": f"We talked about it and would like to go ahead.\n\n{_OUTLOOK}",
    "original message": "Thursday is fine.\n\n-----Original Message-----\nFrom: Rep\nSent: Monday\nTo: Anna\nSubject: x\n\nunsubscribe",
    "iphone": f"Ok\n\nSent from my iPhone\n\n> On 23 Nov 2026, at 10:12, Rep <rep@ours.example> wrote:\n> \n> {_OUR}",
    "android": "Yes please\n\nSent from my Galaxy\n\n-------- Original message --------\nFrom: Rep <rep@ours.example>\nDate: 23/11/2026\nSubject: roof\n\nout of office",
    "wrapped attribution": "Fine with me.\n\nOn Mon, 23 Nov 2026 at 10:12, A Rep With A Rather Long Name\n<rep@ours.example> wrote:\n\n> unsubscribe",
    "signature with fridays": "Yes, please send it over.\n\n-- \nAnna Berg\nOut of office on Fridays\nTo unsubscribe from our newsletter write to news@customer.example",
    "signature unmarked": "Yes, please send it over.\n\nAnna Berg\nHead of Operations\nPlease note: out of the office on Fridays",
    "away next week": "I'm away next week, call me on the 3rd.",
    "away and proposes": "I'm on vacation until 3 December. Let's talk after that, say on the 4th at 10?",
    "away soon": "We will be travelling in December. Could you send the offer before 1 December?",
    "back": "I'm back in the office on Monday, can we speak then?",
    "leave": "I am on leave from 1 December, so please talk to me before then. Are you free on Friday?",
    "thanks": "Thank you for your email. I will get back to you next week once I have spoken to my boss.",
    "passes on": "Thanks for your mail. Please contact Tom on 3 December, he handles this now.",
    "short": "ok",
    "no": "No thank you, we have decided to go with somebody else.",
    "question": "What does it cost?",
    "angry": "This is the third time I ask. Where is the quote?",
    "delay": "Sorry for the delay. The board has not decided yet; try me again in January.",
    "failure": "Your last mail could not be delivered to my colleague, his address is anna.b@customer.example now.",
    "ticket": "I opened ticket 48213 with our purchasing, they will be in touch with you.",
    "automatic": "Does your system do automatic replies? That's what we need.",
    "colleague left": "Anna has left the company. I'm taking over from her, can we talk on Tuesday?",
    "colleague out": "Anna is out of the office until Monday but I can help. What do you need?",
    "received": "We have received your offer, thank you. Two questions: is delivery included, and do you install?",
    "forwarded": "Could you answer this one? Tom asked me.\n\n---------- Forwarded message ---------\nFrom: Rep <rep@ours.example>\nDate: Mon, 23 Nov 2026\nSubject: roof\n\nunsubscribe",
    "list of points": "Three things:\n- the price\n- the date\n- who comes\n\nBest,\nAnna",
    "disclaimer": "Thursday it is.\n\nThis e-mail is confidential. If you are not the intended recipient, delete it and tell us.",
    "numbers": "We need 24 pieces by 12/19, and call 555-0142 if not.",
    "from label": "From: what I understand, the price is fixed. Is that so?",
    "german": "Guten Tag, das klingt gut. Können wir am Donnerstag telefonieren?\n\nAm 23.11.2026 um 10:12 schrieb Rep <rep@ours.example>:\n> Abmelden können Sie sich hier.",
    "german outlook": "Passt mir, danke.\n\nVon: Rep <rep@ours.example>\nGesendet: Montag, 23. November 2026 10:12\nAn: Anna Berg\nBetreff: Ihr Dach\n\nHier abmelden. Ich bin bis 1.12. im Urlaub.",
    "german away": "Ich bin nächste Woche im Urlaub, rufen Sie mich bitte am 7.12. an.",
    "german formal": "Vielen Dank für Ihre Nachricht. Ich schaue es mir an und melde mich.",
    "french": "Bonjour, cela me convient. Pouvez-vous m'appeler jeudi ?\n\nLe lun. 23 nov. 2026 à 10:12, Rep <rep@ours.example> a écrit :\n> désinscription",
    "french away": "Je serai en vacances la semaine prochaine, appelez-moi le 7 décembre.",
    "spanish": "Me parece bien. ¿Podemos hablar el jueves?\n\nEl lun, 23 nov 2026 a las 10:12, Rep (<rep@ours.example>) escribió:\n\n> darse de baja",
    "spanish away": "Estaré fuera la próxima semana, llámeme el 7 de diciembre.",
    "italian": "Va bene, sentiamoci giovedì.\n\nIl giorno lun 23 nov 2026 alle ore 10:12 Rep <rep@ours.example> ha scritto:\n\n> cancellami",
    "dutch": "Lijkt me goed. Kunt u mij donderdag bellen?\n\nOp ma 23 nov 2026 om 10:12 schreef Rep <rep@ours.example>:\n\n> afmelden",
    "portuguese": "Parece bem. Podemos falar na quinta?\n\nRep <rep@ours.example> escreveu no dia segunda, 23/11/2026 à(s) 10:12:\n\n> sair",
    "polish": "Dzień dobry, pasuje mi czwartek. Czy możemy porozmawiać o 10?\n\npon., 23 lis 2026 o 10:12 Rep <rep@ours.example> napisał(a):\n\n> wypisz",
    "swedish": "Hej, det låter bra. Kan vi höras på torsdag?\n\nDen mån 23 nov. 2026 kl 10:12 skrev Rep <rep@ours.example>:\n\n> avregistrera",
    "danish": "Hej, det lyder godt. Skal vi tale sammen torsdag?\n\nDen man. 23. nov. 2026 kl. 10.12 skrev Rep <rep@ours.example>:\n\n> afmeld",
    "norwegian": "Hei, det høres bra ut. Kan vi snakkes torsdag?\n\nman. 23. nov. 2026 kl. 10:12 skrev Rep <rep@ours.example>:\n\n> avmeld",
    "finnish": "Hei, torstai sopii hyvin.\n\nma 23. marrask. 2026 klo 10.12 Rep (rep@ours.example) kirjoitti:\n\n> peruuta",
    "czech": "Dobrý den, můžeme si zavolat ve čtvrtek?\n\npo 23. 11. 2026 v 10:12 odesílatel Rep <rep@ours.example> napsal:\n\n> odhlásit",
    "japanese": "お世話になっております。木曜日でお願いします。\n\n2026年11月23日(月) 10:12 Rep <rep@ours.example>:\n\n> unsubscribe",
    "chinese": "可以，星期四见。\n\nRep <rep@ours.example> 于2026年11月23日周一 10:12写道：\n\n> unsubscribe",
    "russian": "Добрый день, да, давайте в четверг.\n\nпн, 23 нояб. 2026 г. в 10:12, Rep <rep@ours.example> написал:\n\n> unsubscribe",
    "turkish": "Merhaba, perşembe uygun.\n\nRep <rep@ours.example>, 23 Kas 2026 Pzt, 10:12 tarihinde şunu yazdı:\n\n> unsubscribe",
}

_HTML = {
    "gmail html": '<div dir="ltr">Yes, Thursday.</div><br><div class="gmail_quote"><div class="gmail_attr">On Mon wrote:<br></div><blockquote>unsubscribe, I am out of office until 1 December</blockquote></div>',
    "outlook html": '<p class="MsoNormal">Fine.</p><div id="divRplyFwdMsg"><b>From:</b> Rep<br><b>Sent:</b> Monday, November 23, 2026<br><b>To:</b> Anna<br><b>Subject:</b> roof</div><div>unsubscribe</div>',
    "apple html": "<html><head><style>p{color:red}</style></head><body>Sure!<br><blockquote type=cite><div>On Nov 23, Rep wrote:</div>stop</blockquote></body></html>",
    "yahoo html": "<div>Call me tomorrow</div><div class='yahoo_quoted'>unsubscribe</div>",
    "tables": "<table><tr><td>Price</td><td>too high</td></tr></table><p>Can you do better?</p>",
}

#: Name: subject, text, headers. Not within a thread, or from programs that leave marks.
_OTHERS: dict[str, tuple[str, str, dict[str, str]]] = {
    "no in-reply-to": ("Roof", "Hello, you called me yesterday. Please send me the offer.", {}),
    "re without thread": ("Re: Your roof", "Thursday works for me.", {}),
    "x-mailer": ("Re: Your roof", "Thanks, I'll look at it.", {"X-Mailer": "Microsoft Outlook 16.0"}),
    "apple mail": ("Re: Your roof", "See you then.", {"X-Mailer": "Apple Mail (2.3774.600.62)"}),
    "auto-submitted no": ("Re: Your roof", "Good, go ahead.", {"Auto-Submitted": "no"}),
    "suppress": ("Re: Your roof", "Please call at nine.", {"X-Auto-Response-Suppress": "DR, RN, NRN"}),
    "precedence normal": ("Re: Your roof", "Please call at nine.", {"Precedence": "normal"}),
    "return path": ("Re: Your roof", "Please call at ten.", {"Return-Path": "<anna@customer.example>"}),
    "list id with answer": ("Re: Your roof", "I like it.", ANSWER | {"List-Id": "<team.customer.example>"}),
    "subject away": ("On holiday next week - can we talk before?", "Friday at 10 would suit me.", {}),
    "subject office": ("Office closed? I could not reach you", "Please ring me back.", {}),
    "subject re out of office": ("Re: Out of office", "I am back now. What about Thursday?", {}),
    "subject ticket": ("Re: [Ticket #48213] Your offer", "We'd like two of them.", {}),
    "subject fwd": ("Fwd: Your roof", "FYI, this is for you I think. Anna", {}),
    "subject delivery": ("Delivery failed?", "The parcel has not come. Where is it?", {}),
    "empty body": ("Yes please call me tomorrow", "", {}),
    "german new": ("Rückfrage zum Angebot", "Haben Sie das auch in blau?", {}),
    "urlaub subject": ("Urlaub nächste Woche - können wir vorher sprechen?", "Mir passt Freitag.", {}),
    "accept": ("Accepted: visit", "I'll be there. Do you need a parking place?", {}),
    "receipt word": ("Re: Your roof", "I have the receipt, thanks. What is the next step?", {}),
    "importance": ("Re: Your roof", "Urgent: please contact my colleague Tom, he decides. I told him you would call.", ANSWER),
    "out of stock": ("Re: Your roof", "We're out of paper brochures, could you send a few?", ANSWER),
    "no longer": ("Re: Your roof", "We no longer work with Miller, so your offer comes at the right time.", ANSWER),
    "vacation topic": ("Re: Your roof", "The roof of our vacation home needs work, too. Can you look at both?", ANSWER),
    "server topic": ("Re: Your roof", "Our mailbox was full, sorry. Please send it again.", ANSWER),
}  # fmt: skip

_SENDERS = {
    "auto dealer": "auto@haus-mueller.example",
    "info": "info@customer.example",
    "office": "office@customer.example",
    "support person": "Tom from support <support@customer.example>",
    "postal": "Post Master Ltd <anna@postmaster.example>",
    "newsagent": "news@kiosk.example",
    "reply address": "Reply Ltd <anna@reply.example>",
    "bounce house": "Bounce House <fun@bouncehouse.example>",
}

_INVITATION = (
    "Content-Type: text/plain; charset=utf-8\n\nShall we meet? I have put it in the calendar.",
    "Content-Type: text/calendar; method=REQUEST; charset=utf-8\n\nBEGIN:VCALENDAR\nMETHOD:REQUEST\nBEGIN:VEVENT\nUID:u1\nEND:VEVENT\nEND:VCALENDAR",
)

MAILS = [
    *(Labelled(f"person: {name}", mail(text, ANSWER), Sort.PERSON, stop=Stop.NO) for name, text in _ANSWERS.items()),
    *(
        Labelled(f"person: {name}", mail(html, ANSWER, kind="text/html; charset=utf-8"), Sort.PERSON, stop=Stop.NO)
        for name, html in _HTML.items()
    ),
    *(
        Labelled(f"person: {name}", mail(text, headers, subject=subject), Sort.PERSON, stop=Stop.NO)
        for name, (subject, text, headers) in _OTHERS.items()
    ),
    *(
        Labelled(f"person: {name}", mail("Yes, Thursday at nine.", ANSWER, sender=sender), Sort.PERSON, stop=Stop.NO)
        for name, sender in _SENDERS.items()
    ),
    Labelled(
        "person: invites", parts("multipart/alternative", *_INVITATION, headers=ANSWER), Sort.PERSON, stop=Stop.NO
    ),
]
