"""Units as Skolverket publishes them: the table with public figures and Skolenhetsregistret v2."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import ValidationError

from functions.organisation.imports.units import units_of
from skolkit.sweden.codes import SchoolForm
from skolkit.types import stable_id

TABLE = {
    "skolenhetskod": "99990017",
    "name": "Provskolan",
    "huvudmannatyp": "kommunal",
    "kommunkod": "9999",
    "kommun": "Ekhamra",
    "address": "Provgatan 1, Ekhamra",
    "lat": "59.2",
    "lon": "15.8",
    "pupils": "412.0",
    "passed_y6_pct": "70.1",
}


def registry(**attributes: Any) -> dict[str, Any]:
    """A document shaped as `SchoolUnitInfoResponse`, with fields we have no use for."""
    info = {
        "displayName": "Provskolan",
        "status": "AKTIV",
        "url": None,
        "email": "skolan@example.org",
        "phoneNumber": "0101234567",
        "headMaster": "Någon Annan",
        "addresses": [
            {"type": "POSTADRESS", "streetAddress": "Box 1", "postalCode": "100 00", "locality": "Ekhamra"},
            {
                "type": "BESOKSADRESS",
                "streetAddress": "Provgatan 1",
                "postalCode": "100 00",
                "locality": "Ekhamra",
                "geoCoordinates": {"coordinateSweRefN": "1,0", "latitude": "59.2", "longitude": "15.8"},
            },
        ],
        "municipalityCode": "9999",
        "schoolTypes": ["FKLASS", "GR"],
        "schoolTypeProperties": {"gr": {"grades": ["1"]}},
    } | attributes
    return {
        "meta": {"created": "2012-01-01"},
        "data": {"type": "schoolunit", "schoolUnitCode": "99990017", "attributes": info},
        "included": {
            "type": "organization",
            "attributes": {"displayName": "Ekhamra", "organizerType": "KOMMUN"},
        },
    }


def test_a_row_of_the_table_is_a_unit() -> None:
    row = units_of("").read(TABLE)
    assert row is not None
    unit = row.unit()
    assert unit.id == stable_id("unit", "99990017")
    assert (unit.municipal, unit.pupils, unit.lat, unit.school_forms) == (
        True,
        412,
        59.2,
        (SchoolForm.COMPULSORY,),
    )


@pytest.mark.parametrize("wire", [dict, json.dumps])
def test_a_document_of_the_register_is_a_unit(wire: Any) -> None:
    row = units_of("").read(wire(registry()))
    assert row is not None
    unit = row.unit()
    assert (unit.name, unit.address, unit.lon) == ("Provskolan", "Provgatan 1, Ekhamra", 15.8)
    assert unit.school_forms == (SchoolForm.PRESCHOOL_CLASS, SchoolForm.COMPULSORY)
    assert unit.status == "AKTIV"
    assert unit.municipal


def test_an_independent_unit_is_not_municipal() -> None:
    document = registry()
    document["included"]["attributes"]["organizerType"] = "ENSKILD"
    row = units_of("").read(document)
    assert row is not None
    assert not row.unit().municipal


def test_another_municipality_is_passed_over() -> None:
    assert units_of("1281").read(TABLE) is None
    assert units_of("9999").read(TABLE) is not None


@pytest.mark.parametrize(
    "change",
    [
        {"skolenhetskod": "0999"},
        {"kommunkod": "9900"},
        {"huvudmannatyp": "statlig"},
        {"lat": "north"},
        {"pupils": "-1"},
    ],
)
def test_bad_rows_are_refused(change: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        units_of("").read(TABLE | change)


def test_a_missing_column_is_told_by_name() -> None:
    with pytest.raises(ValidationError, match="skolenhetskod"):
        units_of("").read({"name": "X"})
