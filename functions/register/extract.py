"""The register's part of a register extract: what it keeps about one person, and nobody else's name, number
or address (GDPR art. 15.4).
"""

from __future__ import annotations

from functions.organisation import queries as organisation
from functions.register import store
from skolkit.extracts import Requested, Section, section
from skolkit.table import fetch
from skolkit.types import UnitId

_YES = {True: "ja", False: "nej"}


def gather(asked: Requested) -> list[Section]:
    """The person's partition, as it lies. One consistent query, and the names of the units."""
    rows = list(store.RegisterItem.query(f"PERSON#{asked.person}", consistent_read=True))
    return [
        _person(rows),
        *([_contact(rows)] if asked.contacts else []),
        _enrolments(rows),
        _custody(rows),
    ]


def _person(rows: list[store.RegisterItem]) -> Section:
    return section(
        "register.person", "Person", "Person",
        {
            "givenName": ("Förnamn", "Given name"),
            "familyName": ("Efternamn", "Family name"),
            "civicNo": ("Personnummer", "Personal identity number"),
            "birthDate": ("Födelsedatum", "Date of birth"),
            "securityMarking": ("Skyddade personuppgifter", "Protected identity"),
        },
        [
            [row.given_name, row.family_name, row.civic_no, row.birth_date, row.marking]
            for row in rows if isinstance(row, store.PersonItem)
        ],
    )  # fmt: skip


def _contact(rows: list[store.RegisterItem]) -> Section:
    """What is sealed stays sealed: of a protected person is said that it is kept, not what it is."""
    return section(
        "register.contact", "Kontaktuppgifter", "Contact details",
        {
            "email": ("E-post", "E-mail"),
            "phone": ("Telefon", "Telephone"),
            "address": ("Adress", "Address"),
            "language": ("Språk", "Language"),
            "withheld": ("Skyddas och visas inte", "Protected and not shown"),
        },
        [
            [
                row.email, row.phone, ", ".join(filter(None, (row.address or {}).values())) or None,
                row.language, _YES[row.withheld],
            ]
            for row in rows if isinstance(row, store.ContactItem)
        ],
    )  # fmt: skip


def _enrolments(rows: list[store.RegisterItem]) -> Section:
    ids = [UnitId(row.unit) for row in rows if isinstance(row, store.EnrolmentItem)]
    (units,) = fetch(organisation.wanted_units(ids))
    return section(
        "register.enrolment", "Inskrivningar", "Enrolments",
        {
            "unit": ("Skolenhet", "School unit"),
            "schoolForm": ("Skolform", "School form"),
            "year": ("Årskurs", "Year"),
            "start": ("Från", "From"),
            "end": ("Till", "To"),
            "cancelled": ("Återtagen", "Cancelled"),
            "educationCode": ("Utbildningskod", "Education code"),
        },
        [
            [
                units[UnitId(row.unit)].name if row.unit in units else row.unit, row.school_form,
                None if row.year is None else int(row.year), row.start, row.end,
                _YES[row.cancelled], row.education_code,
            ]
            for row in rows if isinstance(row, store.EnrolmentItem)
        ],
    )  # fmt: skip


def _custody(rows: list[store.RegisterItem]) -> Section:
    """That there is a relation and which; who the other is belongs to the other."""
    parts = [(row.relation, "barn") for row in rows if isinstance(row, store.GuardianItem)]
    parts += [(row.relation, "ansvarig vuxen") for row in rows if isinstance(row, store.ChildItem)]
    return section(
        "register.custody", "Vårdnad och ansvar", "Custody and responsibility",
        {
            "relationType": ("Relation", "Relation"),
            "part": ("Personens del i relationen", "The person's part in it"),
        },
        parts,
    )  # fmt: skip
