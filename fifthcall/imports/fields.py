"""The fields of ours that a column can feed, with the names that exports in several languages give them."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Field:
    """A field that a column can feed; `aliases` are the names that columns have for it, likeliest first."""

    key: str
    label: str  # in a salesperson's words
    holds: str  # date, number, email, phone, url or text
    aliases: tuple[str, ...]
    required: bool = False
    zero_is_unknown: bool = False  # exports put 0 where nothing was entered


# Field, ! where a file of its kind needs it: what it holds: its label: the names that columns have for it.
_FIELDS = {
    "opportunities": """
        external_id: text: ID in the old system: opportunity id, deal id, record id, opportunity number, deal no, deal
            number, opportunity ref, id, uuid, reference, ref, vorgangsnummer, référence, referencia
        name: text: Name of the deal: opportunity name, deal name, deal title, opportunity, deal, title, potential
            name, name, subject, topic, verkaufschance, nom de l'affaire, affaire, opportunité, nom de la transaction,
            oportunidad, nombre de la oportunidad, nombre del negocio, negocio, opportunità
        owner: text: Whose deal it is: deal owner, opportunity owner, owner, owner name, sales agent, sales rep, sales
            representative, salesperson, sales person, account executive, account manager, assigned to, assignee, rep,
            record owner, lead owner, owner full name, user name, user, agent, seller, verkäufer,
            vertriebsmitarbeiter, inhaber, zuständig, betreuer, propriétaire, commercial, vendeur, propietario,
            vendedor, comercial, responsable
        owner_email: email: Email of whose deal it is: deal owner email, opportunity owner email, sales rep email,
            salesperson email, user email, assigned to email, rep email, e-mail des verkäufers
        organisation: text: Company: organization, account, account name, company, company name, organization name,
            associated company, primary company, associated company primary, customer, customer name, client, client
            name, lead name, business, firma, unternehmen, kunde, société, entreprise, compte, empresa, cuenta,
            cliente, azienda, bedrijf
        product: text: Product: product name, products, item, line item, service, produkt, produit, producto, artikel
        stage: text: Stage: deal stage, stage name, opportunity stage, pipeline stage, sales stage, status label,
            phase, verkaufsphase, étape, étape de la transaction, etapa, etapa del negocio, fase
        status: text: Open, won or lost: deal status, opportunity status, status type, state, zustand, statut, estado
        engaged_on: date: First contact on: engage date, engagement date, engaged, first contact, created date, create
            date, created on, created at, date created, deal created, creation date, created time, created, add time,
            date added, open date, opened, start date, erstellt am, erstelldatum, erstellungsdatum, date de création,
            fecha de creación
        closed_on: date: Closed on: close date, closed date, closing date, closed at, date closed, actual close date,
            deal closed on, won time, date won, lost time, date lost, closed, abschlussdatum, date de clôture, date de
            fermeture, fecha de cierre, data di chiusura
        value: number: What it is worth: amount, deal value, deal amount, opportunity value, opportunity amount, close
            value, contract value, total value, estimated value, deal size, expected revenue, revenue, total, price,
            acv, tcv, budget, betrag, wert, auftragswert, montant, valeur, importe, monto, valor, importo, bedrag
        next_step_on: date: Next follow-up on: next step date, next activity date, next activity deadline, follow up
            date, next follow up, next followup date, next action date, next contact date, next call date, next
            activity, due date, wiedervorlage, date de relance, próxima actividad
        contact_name: text: Who to call: contact, contact person, primary contact, person name, person, full name,
            associated contact, decision maker, ansprechpartner, kontakt, kontaktperson, nom du contact,
            interlocuteur, contacto, nombre del contacto
        contact_email: email: Their email: email, email address, person email, person email work, mail, primary
            contact email, e-mail-adresse, adresse e-mail, courriel, correo electrónico, correo
        contact_phone: phone: Their phone: phone, phone number, telephone, tel, work phone, business phone, office
            phone, direct phone, person phone, person phone work, primary contact phone, telefon, telefonnummer,
            téléphone, teléfono
        contact_mobile: phone: Their mobile: mobile, mobile phone, mobile number, cell, cell phone, handy, mobil,
            mobiltelefon, mobilnummer, portable, móvil, celular
        contact_address: text: Their postal address: postal address, mailing address, contact address, street address,
            home address, address, postanschrift, adresse, adresse postale, dirección postal, indirizzo
        contact_interests: text: What they like outside work: interests, hobbies, hobby, likes, interessen,
            centres d'intérêt, intereses, aficiones
        zone: text: Their time zone: time zone, timezone, contact time zone, zeitzone, fuseau horaire, zona horaria
        source: text: Where it came from: lead source, deal source, original source, original source type, origin,
            referral source, channel, quelle, leadquelle, source du prospect, origen, fuente
        note: text: Notes: notes, description, deal description, comments, comment, remarks, internal notes, next
            step, notiz, notizen, beschreibung, bemerkung, remarques, commentaire, notas, descripción
    """,
    "organisations": """
        name!: text: Company: account, account name, company, company name, organization, organisation, organization
            name, customer, customer name, client, firma, unternehmen, kunde, société, entreprise, empresa, cuenta,
            azienda
        sector: text: What business it is in: industry, vertical, business type, branche, secteur, settore
        phone: phone: Phone: phone number, telephone, main phone, company phone, telefon, téléphone, teléfono
        website: url: Website: web site, url, domain, company domain name, homepage, webseite, site web, sitio web,
            web
        country: text: Where it is: office location, country region, location, billing country, shipping country,
            headquarters, hq location, land, pays, país, paese
        address: text: Its postal address: postal address, mailing address, billing address, shipping address, company
            address, street address, street, postanschrift, adresse, anschrift, adresse postale, dirección, indirizzo
        employees: number: How many people work there: number of employees, employee count, headcount, company size,
            mitarbeiter, mitarbeiterzahl, effectif, nombre d'employés, empleados, número de empleados
        revenue: number: Its yearly revenue: annual revenue, yearly revenue, turnover, umsatz, jahresumsatz, chiffre
            d'affaires, ingresos, facturación
        parent: text: Company it belongs to: subsidiary of, parent account, parent company, parent organization,
            ultimate parent, holding, muttergesellschaft, konzern, société mère, maison mère, empresa matriz
    """,
    "products": """
        name!: text: Product: product, product name, item, title, produkt, produktname, artikel, produit, producto
        series: text: Series: product series, product line, product family, family, product category, category, line,
            serie, produktgruppe, gamme, catégorie, categoría
        list_price: number: List price: sales price, price, unit price, retail price, standard price, preis,
            listenpreis, verkaufspreis, einzelpreis, prix, prix de vente, precio, precio de venta
    """,
    "members": """
        name!: text: Name: sales agent, sales rep, sales representative, salesperson, agent, rep, member, full name,
            user name, user, display name, owner, employee, mitarbeiter, verkäufer, vendeur, vendedor
        email: email: Email: email address, user email, e-mail-adresse, adresse e-mail, courriel, correo electrónico
        manager: text: Who leads them: sales manager, supervisor, team lead, team leader, reports to, vorgesetzter,
            teamleiter, responsable, gerente, jefe
        team: text: Team: regional office, region, sales team, office, territory, group, department, branch,
            abteilung, équipe, equipo
    """,
    # Finished ones of which no more is known than a count: no names, no dates.
    "histories": """
        attempts!: number: How many attempts it got: number of attempts, attempts made, contact attempts, number of
            contacts, contacts made, contacts, number of calls, calls made, calls, dials, touches, campaign,
            kontakte, kontaktversuche, versuche, tentatives, intentos
        outcome!: text: Whether it was won: result, output, won, converted, subscribed, final result, ergebnis,
            résultat, resultado, esito, y
        count: number: How many there are of them: how many, number of opportunities, opportunities, people, frequency,
            anzahl, nombre, número
        channel: text: How they were reached: contact type, contact method, contact channel, contact, kanal, canal
        source: text: Where they came from: lead source, original source, origin, quelle, origen, fuente
    """,
}


def _read(table: str) -> dict[str, Field]:
    fields = {}
    for line in re.sub(r"\n {12}", " ", table).strip().splitlines():
        key, holds, label, aliases = (part.strip() for part in line.split(":"))
        name = key.rstrip("!")
        zero = holds in ("date", "number")
        fields[name] = Field(name, label, holds, tuple(aliases.split(", ")), key != name, zero)
    return fields


KINDS = {kind: _read(table) for kind, table in _FIELDS.items()}
IDENTITY = ("external_id", "name", "organisation", "contact_name")  # an opportunity needs one of them
PREFIXES = {"opportunities": ("deal", "opportunity", "lead"), "organisations": ("organization", "account", "company")}
TWINS = {"owner": "owner_email", "contact_name": "contact_email", "name": "email"}  # where a name column holds emails
