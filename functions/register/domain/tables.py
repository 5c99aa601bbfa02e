"""Columns of the register's tables (processes 2 and 3), and what a row of each says of a person."""

from __future__ import annotations

from datetime import date

from functions.register.domain.contacts import Contact
from functions.register.domain.enrolment import Enrolment
from functions.register.domain.people import PersonCard
from skolkit.tables.columns import Column

# The number of the example is none, so that a template sent with its example still in it is refused.
_WHO = (
    Column("id", "Id", "Id", "", ("person", "personId")),
    Column("civicNo", "Personnummer", "Identity number", "20160504-2386", ("personnr", "pnr", "civic")),
)
CONTACT = ("email", "phone", "street", "postalCode", "locality", "careOf", "language")
ADDRESS = ("street", "postalCode", "locality", "careOf")
GUARDIANS = ("guardian1", "guardian2")

PERSONS = (
    *_WHO,
    Column("givenName", "Förnamn", "Given name", "Anna", ("tilltalsnamn", "firstName")),
    Column("middleName", "Mellannamn", "Middle name"),
    Column("familyName", "Efternamn", "Family name", "Provsson", ("lastName", "surname")),
    Column("birthDate", "Födelsedatum", "Birth date", "2016-05-04", ("född",)),
    Column("sex", "Kön", "Sex", "Kvinna"),
    Column("personStatus", "Status", "Status", "Aktiv"),
    Column("securityMarking", "Skyddsmarkering", "Security marking", "Ingen", ("sekretess",)),
    Column("municipalityCode", "Kommunkod", "Municipality code", "9999"),
    Column("careOf", "C/o", "Care of"),
    Column("street", "Gatuadress", "Street", "Provgatan 1", ("adress", "address")),
    Column("postalCode", "Postnummer", "Postal code", "700 00", ("postnr",)),
    Column("locality", "Postort", "Locality", "Ekhamra", ("ort",)),
    Column("email", "E-post", "E-mail", "anna@example.org", ("mejl", "epostadress")),
    Column("phone", "Telefon", "Telephone", "070-174 06 05", ("mobil", "telefonnummer")),
    Column("language", "Språk", "Language", "sv"),
    Column("guardian1", "Vårdnadshavare 1", "Guardian 1", "", ("vh1",)),
    Column("guardian2", "Vårdnadshavare 2", "Guardian 2", "", ("vh2",)),
    Column("confirmedDistinct", "Är inte samma som", "Confirmed distinct"),
)  # fmt: skip
ENROLMENTS = (
    *_WHO,
    Column("givenName", "Förnamn", "Given name", shown=True),
    Column("familyName", "Efternamn", "Family name", shown=True),
    Column("enroledAt", "Skolenhet", "School unit", "99990017", ("skolenhetskod", "unit")),
    Column("schoolType", "Skolform", "School type", "GR"),
    Column("schoolYear", "Årskurs", "School year", "3", ("åk",)),
    Column("startDate", "Startdatum", "Start date", "2026-08-18", ("start", "från")),
    Column("endDate", "Slutdatum", "End date", "", ("slut", "till")),
    Column("cancelled", "Avbruten", "Cancelled", "nej"),
    Column("educationCode", "Studievägskod", "Education code"),
    Column("specification", "Specifikation", "Specification"),
)


def person_cells(card: PersonCard, contact: Contact | None, day: date) -> dict[str, object]:
    """A person's row, without how they are reached when there is no contact to show."""
    home = next(iter(contact.addresses), None) if contact else None
    adults = sorted(card.guardians(day))
    return {
        "id": card.id,
        "civicNo": card.civic_no,
        "givenName": card.given_name,
        "middleName": card.middle_name,
        "familyName": card.family_name,
        "birthDate": card.birth_date.isoformat(),
        "sex": card.sex,
        "personStatus": card.status,
        "securityMarking": card.marking,
        "municipalityCode": card.municipality,
        "careOf": home and home.care_of,
        "street": home and home.street,
        "postalCode": home and home.postal_code,
        "locality": home and home.locality,
        "email": contact and contact.email,
        "phone": contact and contact.phone,
        "language": contact and contact.language,
        **{f"guardian{n}": adult for n, adult in enumerate(adults[:2], 1)},
    }


def enrolment_cells(card: PersonCard, e: Enrolment) -> dict[str, object]:
    """An enrolment's row."""
    return {
        "id": card.id,
        "civicNo": card.civic_no,
        "givenName": card.given_name,
        "familyName": card.family_name,
        "enroledAt": e.unit,
        "schoolType": e.school_form.value,
        "schoolYear": e.year,
        "startDate": e.start.isoformat(),
        "endDate": e.end and e.end.isoformat(),
        "cancelled": "ja" if e.cancelled else "nej",
        "educationCode": e.education_code,
        "specification": e.specification,
    }
