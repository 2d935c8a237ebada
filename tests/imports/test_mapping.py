"""Which column feeds which field: guesses for real exports, a person's map, and the words of stages."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fifthcall.imports.columns import ColumnFacts, study
from fifthcall.imports.fields import KINDS
from fifthcall.imports.mapping import BadMap, Mapping, guess, read_maps
from fifthcall.imports.reading import open_table
from fifthcall.imports.stages import status_of_stage
from fifthcall.people.names import matching_key

REAL = Path(__file__).parents[2].parent / "shared" / "data" / "crm-sales-opportunities"


def facts(name: str, kind: str = "text", **known: object) -> dict[str, ColumnFacts]:
    usual: dict[str, object] = {
        "filled": 10, "unknown": 0, "zeros": 0, "samples": ("x",), "distinct": 10, "distinct_capped": False,
        "date_order": "", "number_style": "", "misfits": 0, "odd_line": 0, "odd_value": "",
    }  # fmt: skip
    return {name: ColumnFacts(name=name, kind=kind, **usual | known)}  # type: ignore[arg-type]


def fields(header: str) -> dict[str, str]:
    return guess(header.split(","), {}).fields


# Guesses


@pytest.mark.skipif(not REAL.is_dir(), reason="the practice data is not beside the repository")
@pytest.mark.parametrize(
    ("name", "kind", "expected", "unused"),
    [
        (
            "sales_pipeline.csv",
            "opportunities",
            {
                "external_id": "opportunity_id",
                "owner": "sales_agent",
                "organisation": "account",
                "product": "product",
                "stage": "deal_stage",
                "engaged_on": "engage_date",
                "closed_on": "close_date",
                "value": "close_value",
            },
            (),
        ),
        (
            "accounts.csv",
            "organisations",
            {
                "name": "account",
                "sector": "sector",
                "country": "office_location",
                "employees": "employees",
                "revenue": "revenue",
                "parent": "subsidiary_of",
            },
            ("year_established",),
        ),
        ("products.csv", "products", {"name": "product", "series": "series", "list_price": "sales_price"}, ()),
        ("sales_teams.csv", "members", {"name": "sales_agent", "manager": "manager", "team": "regional_office"}, ()),
    ],
)
def test_the_real_files(name: str, kind: str, expected: dict[str, str], unused: tuple[str, ...]) -> None:
    table = open_table(REAL / name, max_bytes=10_000_000)
    found = guess(table.header, study(table))
    assert (found.kind, found.fields, found.unused, found.problems) == (kind, expected, unused, ())
    assert found.confidence > 0.8
    assert found.reasons.keys() == found.fields.keys()
    assert found.date_order == ({"engaged_on": "mdy", "closed_on": "mdy"} if kind == "opportunities" else {})


OWN = (
    "external_id,name,owner,owner_email,organisation,product,stage,status,engaged_on,closed_on,value,next_step_on,"
    "next_step_kind,next_step_until,next_step_why,contact_name,contact_email,contact_phone,contact_mobile,"
    "contact_address,contact_interests,zone,source,note"
)


def test_our_own_export_maps_onto_itself() -> None:
    found = fields(OWN)
    assert found == {key: key for key in KINDS["opportunities"]}


@pytest.mark.parametrize("kind", list(KINDS))
def test_the_field_names_of_every_kind_map_onto_themselves(kind: str) -> None:
    found = guess(list(KINDS[kind]), {})
    assert (found.kind, found.fields) == (kind, {key: key for key in KINDS[kind]})


def test_no_name_means_two_fields_of_one_kind() -> None:
    for kind, known in KINDS.items():
        meant: dict[str, str] = {}
        for key, field in known.items():
            for alias in {matching_key(alias) for alias in (key, *field.aliases)}:
                assert meant.setdefault(alias, key) == key, f"{kind}: {alias}"


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        pytest.param(
            "Record ID,Deal Name,Deal Stage,Close Date,Deal owner,Amount,Pipeline,Create Date,Associated Company",
            "external_id=Record ID,name=Deal Name,owner=Deal owner,organisation=Associated Company,stage=Deal Stage,"
            "engaged_on=Create Date,closed_on=Close Date,value=Amount",
            id="HubSpot",
        ),
        pytest.param(
            "Deal - ID,Deal - Title,Deal - Value,Deal - Currency of Value,Deal - Organization,Deal - Contact person,"
            "Deal - Owner,Deal - Stage,Deal - Status,Deal - Deal created,Deal - Won time,Deal - Expected close date",
            "external_id=Deal - ID,name=Deal - Title,owner=Deal - Owner,organisation=Deal - Organization,"
            "stage=Deal - Stage,status=Deal - Status,engaged_on=Deal - Deal created,closed_on=Deal - Won time,"
            "value=Deal - Value,contact_name=Deal - Contact person",
            id="Pipedrive",
        ),
        pytest.param(
            "Opportunity Owner,Account Name,Opportunity Name,Stage,Amount,Expected Revenue,Probability (%),Close Date,"
            "Created Date,Lead Source",
            "name=Opportunity Name,owner=Opportunity Owner,organisation=Account Name,stage=Stage,"
            "engaged_on=Created Date,closed_on=Close Date,value=Amount,source=Lead Source",
            id="Salesforce report",
        ),
        pytest.param(
            "Id,Name,StageName,Amount,CloseDate,OwnerId,CreatedDate,Owner.Name,Account.Name,Time_Zone__c",
            "external_id=Id,name=Name,owner=Owner.Name,organisation=Account.Name,stage=StageName,"
            "engaged_on=CreatedDate,closed_on=CloseDate,value=Amount,zone=Time_Zone__c",
            id="Salesforce data",
        ),
        pytest.param(
            "Opportunity,Customer,Email,Phone,Salesperson,Expected Revenue,Stage,Created on,Expected Closing",
            "name=Opportunity,owner=Salesperson,organisation=Customer,stage=Stage,engaged_on=Created on,"
            "value=Expected Revenue,contact_email=Email,contact_phone=Phone",
            id="Odoo",
        ),
        pytest.param(
            "id,lead_id,lead_name,status_label,status_type,value,date_won,user_name,contact_name,date_created,note",
            "external_id=id,owner=user_name,organisation=lead_name,stage=status_label,status=status_type,"
            "engaged_on=date_created,closed_on=date_won,value=value,contact_name=contact_name,note=note",
            id="Close",
        ),
        pytest.param(
            "Record Id,Deal Name,Account Name,Contact Name,Stage,Amount,Closing Date,Deal Owner,Created Time",
            "external_id=Record Id,name=Deal Name,owner=Deal Owner,organisation=Account Name,stage=Stage,"
            "engaged_on=Created Time,closed_on=Closing Date,value=Amount,contact_name=Contact Name",
            id="Zoho",
        ),
        pytest.param(
            "Vorgangsnummer,Verkaufschance,Kunde,Verkäufer,Verkaufsphase,Betrag (EUR),Erstellt am,Abschlussdatum,"
            "E-Mail",
            "external_id=Vorgangsnummer,name=Verkaufschance,owner=Verkäufer,organisation=Kunde,stage=Verkaufsphase,"
            "engaged_on=Erstellt am,closed_on=Abschlussdatum,value=Betrag (EUR),contact_email=E-Mail",
            id="German",
        ),
        pytest.param(
            "Nom de l’affaire,Propriétaire,Entreprise,Étape,Montant,Date de création,Date de clôture,Téléphone",
            "name=Nom de l’affaire,owner=Propriétaire,organisation=Entreprise,stage=Étape,engaged_on=Date de création,"
            "closed_on=Date de clôture,value=Montant,contact_phone=Téléphone",
            id="French",
        ),
        pytest.param(
            "NOMBRE DEL NEGOCIO,Propietario,Empresa,Etapa del negocio,Importe,Fecha de creación,Fecha de cierre",
            "name=NOMBRE DEL NEGOCIO,owner=Propietario,organisation=Empresa,stage=Etapa del negocio,"
            "engaged_on=Fecha de creación,closed_on=Fecha de cierre,value=Importe",
            id="Spanish",
        ),
    ],
)
def test_exports_of_other_systems(header: str, expected: str) -> None:
    assert fields(header) == dict(pair.split("=") for pair in expected.split(","))


def test_no_column_feeds_two_fields_and_no_field_has_two_columns() -> None:
    found = guess(["Owner Name", "Sales Rep", "Deal Owner", "Amount", "Value", "Name"], {})
    assert found.fields == {"name": "Name", "owner": "Deal Owner", "value": "Value"}
    assert found.unused == ("Owner Name", "Sales Rep", "Amount")


def test_an_empty_column_steps_back_for_a_filled_one() -> None:
    known = facts("Amount", "empty", filled=0) | facts("Expected Revenue", "number", number_style="plain")
    assert guess(["Name", "Amount", "Expected Revenue"], known).fields["value"] == "Expected Revenue"


def test_contents_overrule_names() -> None:
    known = facts("Owner", "email") | facts("Closed") | facts("Close Time", "date", date_order="iso")
    found = guess(["Deal Name", "Owner", "Closed"], known)
    assert found.fields == {"name": "Deal Name", "owner_email": "Owner"}
    assert "email" in found.reasons["owner_email"]
    assert found.unused == ("Closed",)


def test_a_kind_can_be_said() -> None:
    assert guess(["name", "email"], {}, kind="members").fields == {"name": "name", "email": "email"}


def test_a_file_of_nothing_we_know() -> None:
    found = guess(["colour", "shape"], {})
    assert found.fields == {}
    assert found.confidence == 0
    assert [problem.blocking for problem in found.problems] == [True]


def test_two_kinds_that_fit_alike_are_said() -> None:
    found = guess(["name", "email"], {})
    assert "members" in found.problems[0].remedy
    assert found.confidence == 0.5


# Problems


@pytest.mark.parametrize(
    ("known", "blocking", "words"),
    [
        (facts("Close Date", "date", date_order="ambiguous", samples=("1/2/16",)), True, "1/2/16"),
        (facts("Close Date", "date", date_order="mixed", odd_line=7, odd_value="25/12/16"), True, "line 7, “25/12/16”"),
        (
            facts("Close Date", "date", date_order="mdy", misfits=2, odd_line=9, odd_value="soon"),
            False,
            "line 9, “soon”",
        ),
        (facts("Close Date", "text", date_order="mdy"), False, "holds text rather than date"),
        (facts("Amount", "number", number_style="ambiguous", samples=("1,234",)), True, "1,234"),
        (facts("Amount", "number", number_style="mixed", odd_line=3, odd_value="1,5"), True, "line 3"),
        (facts("Record ID", "text", distinct=9), False, "same for several rows"),
    ],
)
def test_doubts_are_told(known: dict[str, ColumnFacts], blocking: bool, words: str) -> None:
    (column,) = known
    (problem,) = guess(["Deal Name", column], known).problems
    assert (problem.column, problem.blocking) == (column, blocking)
    assert words in problem.problem
    assert problem.remedy.endswith(".")


def test_what_a_person_says_answers_the_question() -> None:
    known = facts("Close Date", "date", date_order="ambiguous")
    said = Mapping.from_json('{"opportunities": {}, "date_order": "dmy"}')
    found = guess(["Deal Name", "Close Date"], known, given=said)
    assert found.problems == ()
    assert found.date_order["closed_on"] == "dmy"


def test_what_a_person_says_against_the_facts_is_told() -> None:
    known = facts("Close Date", "date", date_order="mdy")
    said = Mapping.from_json('{"opportunities": {}, "date_order": {"closed_on": "dmy"}}')
    found = guess(["Deal Name", "Close Date"], known, given=said)
    assert "written as mdy, but dmy" in found.problems[0].problem
    assert found.date_order == {"closed_on": "dmy"}


# Maps


def test_a_map_wins_over_the_guess_and_the_rest_is_guessed() -> None:
    said = Mapping.from_json(
        '{"opportunities": {"name": "Account", "organisation": "account", "stage": null},'
        ' "date_order": {"closed_on": "ymd"}}'
    )
    found = guess(["Account", "Deal Name", "Stage", "Amount"], {}, given=said)
    assert found.fields == {"name": "Account", "organisation": "Account", "value": "Amount"}
    assert found.date_order == {"closed_on": "iso"}
    assert found.unused == ("Deal Name", "Stage")
    assert found.reasons["name"] == "as the map says"


def test_a_map_comes_back_as_it_was_written() -> None:
    found = Mapping("opportunities", {"name": "Größe"}, {"closed_on": "mdy"}, {"value": "comma"})
    assert Mapping.from_json(found.to_json()) == found
    assert "Größe" in found.to_json()


def test_a_map_in_toml() -> None:
    found = Mapping.from_json('[opportunities]\nexternal_id = "opportunity_id"\n\n[date_order]\nengaged_on = "mdy"\n')
    assert found == Mapping("opportunities", {"external_id": "opportunity_id"}, {"engaged_on": "mdy"})


def test_a_map_for_several_kinds_of_file() -> None:
    text = json.dumps(
        {"opportunities": {"name": "a"}, "products": {"name": "b"}, "number_style": {"list_price": "point"}}
    )
    maps = read_maps(text)
    assert maps["opportunities"].number_style == {}
    assert maps["products"].number_style == {"list_price": "point"}
    with pytest.raises(BadMap, match="2 kinds"):
        Mapping.from_json(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "can't be read"),
        ("= 1", "can't be read"),
        ("", "says nothing"),
        ("[1]", "“1” is not a kind"),
        ('{"deals": {}}', "“deals” is not a kind"),
        ('{"opportunities": []}', "not a kind of file with fields"),
        ('{"opportunities": {"nmae": "x"}}', "Use name"),
        ('{"opportunities": {"name": 5}}', "should name a column"),
        ('{"opportunities": {}, "date_order": {"closed_on": "us"}}', "Use iso, mdy, dmy"),
        ('{"opportunities": {}, "date_order": {"value": "mdy"}}', "“value” is not a field here"),
        ('{"opportunities": {}, "date_order": ["mdy"]}', "date_order"),
        ('{"opportunities": {}, "number_style": {"value": "german"}}', "“german”"),
        ('{"date_order": {}}', "0 kinds"),
    ],
)
def test_a_bad_map_says_what_and_how(text: str, words: str) -> None:
    with pytest.raises(BadMap) as caught:
        Mapping.from_json(text)
    assert words in str(caught.value)
    assert caught.value.remedy.endswith(".")


def test_a_map_to_a_column_that_is_not_there() -> None:
    with pytest.raises(BadMap, match="Did you mean “Amount”") as caught:
        guess(["Name", "Amount"], {}, given=Mapping("opportunities", {"value": "Amout"}))
    assert (caught.value.field, caught.value.column) == ("value", "Amout")


# Names and stages


@pytest.mark.parametrize(
    ("one", "other"),
    [("GTXPro", "GTX Pro"), ("Ångström AG", "a\u030angstro\u0308m-ag"), ("STRASSE", "Straße"), ("ＡＢＣ１", "abc 1")],
)
def test_spellings_of_one_name_match(one: str, other: str) -> None:
    assert matching_key(one) == matching_key(other)


@pytest.mark.parametrize(("one", "other"), [("GTX Pro", "GTX Plus Pro"), ("!!!", "???"), ("कि", "का"), ("", "-")])
def test_different_names_do_not(one: str, other: str) -> None:
    assert matching_key(one) != matching_key(other)


@given(st.text())
def test_a_matching_key_is_its_own(text: str) -> None:
    key = matching_key(text)
    assert matching_key(key) == key


@pytest.mark.parametrize(
    ("status", "stages"),
    [
        ("won", "Won|WON|Closed Won|closedwon|Closed - Won|100% Won|Gewonnen|Gagné|Gagnée|Ganado|Vinto"),
        (
            "lost",
            "Lost|Closed Lost|closedlost|Lost - no budget|Verloren|Perdu|Perdido|Dead|Disqualified|Not interested",
        ),
        (
            "open",
            "Engaging|Prospecting|Wonder Inc pilot|Won't say|Not won yet|Nicht gewonnen|Deadline set||Closed",
        ),
    ],
)
def test_stages(status: str, stages: str) -> None:
    assert {stage: status_of_stage(stage) for stage in stages.split("|")} == dict.fromkeys(stages.split("|"), status)
