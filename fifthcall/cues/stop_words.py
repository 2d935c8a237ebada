# ruff: noqa: E501
"""D5: does somebody ask us to stop? In plain words and in many languages; what might mean something else is flagged."""

from __future__ import annotations

import re
from enum import StrEnum


class Stop(StrEnum):
    NO = "no"
    UNSURE = "unsure"  # a person should look
    YES = "yes"


#: The whole message, or nearly: stop.
_ALONE = re.compile(
    r"^\W*(please |bitte |s'il vous plaît |por favor |per favore |graag )?"
    r"(stop|stopp|stopall|unsubscribe|opt[ -]?out|optout|remove( me)?|cancel|end|quit|arr[eê]t(er|ez)?|abmelden|austragen"
    r"|abbestellen|d[eé]sinscri(re|ption|vez[ -]moi)|d[eé]sabonner|baja|parar|alto|cancelar|darme de baja|disiscrivi(mi)?"
    r"|cancellami|basta|afmelden|uitschrijven|remover|sair|descadastrar|avregistrera|avsluta|afmeld|wypisz|rezygnuj[eę])"
    r"( me| mich| mij| please| bitte| now| all)?\W*$",
    re.IGNORECASE,
)
_PLAIN = re.compile(
    r"unsubscribe me|(please |kindly )?(remove|take|delete) (me|us|my (name|e-?mail|address|details|number))"
    r"( off| from)?( (of )?(your|this|the|any|all))?.{0,20}(list|mailing|database|system|contacts?)|take me off|remove me from"
    r"|(stop|quit|cease) (e-?mailing|contacting|calling|messaging|writing( to)?|sending|texting|bothering|spamming)"
    r"|(do not|don'?t|never) (e-?mail|contact|call|message|write( to)?|text|send|bother).{0,12} (me|us|any ?more|again|anything)"
    r"|no (more|further) (e-?mails?|messages?|calls?|contact|mail)( please|\W|$)|opt(ing)? (me )?out\b|leave me alone"
    r"|(wish|want|prefer|like) (not )?to (be removed|opt out|unsubscribe|receive no)|want (no|to stop receiving) (more|any|your)"
    r"|bitte (nehmen|streichen|löschen|entfernen|tragen) sie (mich|uns|meine)|(keine|keinerlei) (weiteren? )?(e-?mails?|mails?"
    r"|nachrichten|werbung|anrufe|kontaktaufnahme)( mehr)?|schreiben sie mir (bitte )?nicht mehr|nicht mehr (kontaktieren|anrufen"
    r"|anschreiben|schreiben)|aus (ihrem|dem) verteiler|(streichen|löschen|entfernen) sie (mich|meine)"
    r"|(ne|merci de ne) (me |nous |plus |m')*(contact|écri|appel|envoy)\w*( plus)?|retirez[ -](moi|mon)|désinscri(re|vez)"
    r"|supprimez (mon|mes|moi)|plus (de|aucun) (mails?|messages?|courriels?)|cessez de|arrêtez de m"
    r"|no me (escrib|llam|contact|env[ií])\w* más|no quiero (recibir )?más|d(ar|é)(me|nme) de baja|bórr(e|a)(n?)me"
    r"|elimín(e|a)(n?)me|dejen? de (escribir|llamar|contactar|enviar)|quít(e|a)(n?)me de"
    r"|non (mi )?(contatt|scriv|chiam|invi)\w*( più)|cancell(i|ate|a)(mi)? (dal|il mio|dalla)|toglietemi|rimuov(i|ete|a)(mi)"
    r"|smett(a|ete|i) di|basta (e-?mail|mail|messaggi)"
    r"|(neem|stuur|mail|bel|schrijf|benader).{0,20}(niet meer|geen)|geen (e-?)?mails? meer|(haal|verwijder|schrijf) (mij|me|ons) "
    r"(uit|van|af)|niet meer (mailen|bellen|benaderen|contacteren)"
    r"|não (quero|me (envi|contat|lig|escrev)\w*)( receber)? ?mais|remov(a|am|er)[ -]me|pare(m)? de|retir(e|em)[ -]me|me retire"
    r"|(nie|proszę nie) (pisz|dzwo|kontakt)\w*( więcej)?|sluta (mejla|ringa|kontakta|skicka)|ta bort mig",
    re.IGNORECASE,
)
_OTHERWISE = re.compile(
    r"stop(ping|ped|s)? (by|over|in|at|off|for)\b|non-?stop|one[- ]stop|(don'?t|do not|never|won'?t|can'?t) stop|bus stop|full stop"
    r"|stop(ped|s)? (working|using|the (project|work|production|machine|order))|(to|not to|without) unsubscribe|how (do|can) i "
    r"(stop|cancel|unsubscribe)|cancel (the|our|my|that|this|tomorrow|monday|tuesday|wednesday|thursday|friday)"
    r"|(end|quit) of|stopp(t|en) wir|if (i|we|you) (stop|cancel|unsubscribe)|remove (the|that|this|it|item|line|one)",
    re.IGNORECASE,
)
_HINT = re.compile(
    r"\b(stop|stopp|unsubscribe|opt out|abmelden|désinscription|baja|spam|gdpr|dsgvo|rgpd)\b", re.IGNORECASE
)


def says_stop(text: str) -> Stop:
    """Whether `text`, what somebody wrote without what they quote, asks us to stop."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines:
        return Stop.NO
    plain = _PLAIN.search(text)
    if plain and not _OTHERWISE.search(text):
        return Stop.YES
    if any(_ALONE.match(line) for line in lines[:2]) and len(text) < 300 and not text.strip().endswith("?"):
        return Stop.YES
    return Stop.UNSURE if plain or _HINT.search(text) else Stop.NO
