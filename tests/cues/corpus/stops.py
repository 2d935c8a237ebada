# ruff: noqa: E501  # a mail a line reads better
"""People who ask for no more, and people whose words only look like it."""

from __future__ import annotations

from fifthcall.cues.judging import Sort
from fifthcall.cues.stop_words import Stop
from tests.cues.corpus.mail import ANSWER, Labelled, mail

_YES = [
    "STOP", "Stop.", "stop please", "Please stop!", "unsubscribe", "UNSUBSCRIBE ME", "Hi,\nplease unsubscribe me from this list.\nAnna",
    "Remove me from your list.", "Please take me off your mailing list, thanks.", "Could you please remove me from your database?",
    "Stop emailing me.", "Please do not contact me again.", "Don’t call me any more.", "No more emails please.", "Opt out",
    "I would like to opt out.", "I don't want to receive any more emails from you.", "Leave me alone.",
    "Not interested. Please stop contacting us.", "Delete my data and do not write to me.", "I withdraw my consent.",
    "Never email me again!", "Kindly remove my email address from your system.", "Please lose my number.",
    "Wow.\n\nstop sending me this stuff\n\nSent from my iPhone",
    "STOPP", "Bitte abmelden", "Bitte nehmen Sie mich aus Ihrem Verteiler.", "Keine weiteren E-Mails mehr, bitte.",
    "Schreiben Sie mir bitte nicht mehr.", "Rufen Sie mich nicht mehr an!", "Löschen Sie bitte meine Daten.",
    "Ich möchte nicht mehr kontaktiert werden.", "Unterlassen Sie weitere Werbung.",
    "Désinscription", "Merci de ne plus me contacter.", "Ne m'envoyez plus rien, je ne souhaite plus recevoir vos messages.",
    "Retirez-moi de votre liste.", "Arrêtez de m'écrire.", "BAJA", "No me escriban más.", "Por favor, denme de baja.",
    "No quiero recibir más correos.", "Dejen de llamarme.", "Basta", "Cancellatemi dalla vostra lista.",
    "Non desidero più ricevere le vostre email.", "Non contattatemi più.", "Afmelden", "Graag geen mails meer.",
    "Verwijder mij uit uw bestand.", "Não quero receber mais e-mails.", "Removam-me da lista.", "Parem de me ligar.",
    "Proszę o usunięcie mojego adresu z bazy.", "Nie piszcie do mnie więcej.", "Sluta mejla mig.", "Ta bort mig från listan.",
    "We are not interested, do not send further mails.", "Please don't reach out again.", "Please cease all communication.",
    "I'm not interested so please stop the emails", "Ich bitte um Löschung meiner Daten.", "I do not consent to these emails.", "Kein Interesse, bitte aus dem Verteiler nehmen", "Afmeld mig", "Slett min e-post fra listen.", "Lopeta", "Nepište mi už.",
]  # fmt: skip
_NOT = [
    "Could you stop by tomorrow?", "Don't stop, we like it.", "We can't stop production in December, so January is better.",
    "Your prices don't stop rising!", "Shall we stop at 20 pieces?", "We had to stop the project, call me in March.",
    "It is a non-stop operation.", "Please cancel the meeting on Monday and propose another day.", "How do I unsubscribe my colleague?",
    "We stopped working with them last year.", "Please remove the second item from the quote.", "Take me off hold next time, will you?",
    "Don't call me before ten.", "Please don't call me tomorrow, I'm at the dentist. Wednesday is fine.",
    "Don't call me, email me instead.", "No more calls needed: we accept the offer.", "We don't want to end up with too many.",
    "Our customers unsubscribe all the time, can your tool help with that?", "Do you want me to remove you from our supplier list?",
    "The bus stop is right in front of the building.", "He did not ask to unsubscribe.", "Please remove me from the cc, Tom handles it now.",
    "We opted out of the warranty, is that reflected in the price?", "Stop over on your way to Munich if you like.",
    "If you stop sending samples I can't decide.", "Stop?", "We never send anything out before Friday.",
    "Keine weiteren Anrufe nötig, wir nehmen das Angebot an.", "Wir können die Produktion nicht stoppen.",
    "Bitte rufen Sie mich heute nicht mehr an, morgen passt es.", "Wir haben keine Mails mehr von Ihnen bekommen.",
    "Nous ne pouvons pas arrêter la production.", "Merci de ne pas m'appeler avant 10 heures.", "No me llame hoy, mejor mañana.",
    "La temporada baja empieza en noviembre.", "Basta una telefonata giovedì.", "Non mi chiami oggi, sono in riunione; domani va bene.",
    "Bel mij vandaag niet meer, morgen is prima.", "Vi kan inte sluta producera nu.", "The spam filter ate your first mail.",
    "Remove me as approver please, Tom signs.", "Do not call me Anna, my name is Anne.", "We don't want you to stop calling us!",
    "Tell your system to stop sending the invoice twice.", "I object to the price, not to the product.", "Do not contact me at work, use my private number.",
]  # fmt: skip

MAILS = [
    *(
        Labelled(f"stop {n}: {text[:40]}", mail(text, ANSWER), Sort.PERSON, stop=Stop.YES)
        for n, text in enumerate(_YES, 1)
    ),
    *(
        Labelled(f"no stop {n}: {text[:40]}", mail(text, ANSWER), Sort.PERSON, stop=Stop.NO)
        for n, text in enumerate(_NOT, 1)
    ),
    Labelled("stop: subject alone", mail("", subject="Unsubscribe"), Sort.PERSON, stop=Stop.YES),
    Labelled("stop: subject and name", mail("Anna", subject="STOP"), Sort.PERSON, stop=Stop.YES),
    Labelled(
        "stop: above a quote",
        mail("Stop\n\nOn Mon, 23 Nov 2026 at 10:12, Rep <rep@ours.example> wrote:\n> How do you like it?", ANSWER),
        Sort.PERSON,
        stop=Stop.YES,
    ),
    Labelled(
        "stop: html",
        mail("<p>Please <b>remove me</b> from your list.</p>", ANSWER, kind="text/html"),
        Sort.PERSON,
        stop=Stop.YES,
    ),
]
