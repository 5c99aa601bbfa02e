"""The organisation changed over HTTP and by re-imports, and school years proposed and decided."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest

from functions.organisation import queries
from functions.organisation.queries import MUNICIPALITY
from functions.organisation.store import units as units_store
from infra.local.cloud import Cloud
from skolkit.clock import today
from skolkit.sweden.calendar import SchoolCalendar, SchoolYear, default_calendar, open_year
from skolkit.types import PersonId, UnitId, new_id, stable_id
from tests.support.areas import Answer, audit_rows, call, outbox
from tests.support.world import drop

OFFICE, ANYBODY = PersonId(stable_id("office")), PersonId(stable_id("anybody"))
YEAR = SchoolYear(2027)
USUAL, OWN = default_calendar(YEAR), default_calendar(YEAR, winter_break_week=9)
UNIT = UnitId(stable_id("unit", "99990017"))


@pytest.fixture
def office(tables: Cloud) -> Cloud:
    """A municipality with an administrator and its own element."""
    row = {"person": OFFICE, "unit": None, "role": "administrator", "startDate": "2020-08-01"}
    drop(tables, "organisation/duties/office.jsonl", [row])
    assert (
        create(organisationType="Huvudman", name="Ekhamra", municipalityCode="9999").body["id"]
        == MUNICIPALITY
    )
    return tables


def create(**body: Any) -> Answer:
    headers = {"idempotency-key": new_id()}
    return call("organisation", "create_unit", OFFICE, body=body, headers=headers)


def unit(parent: str | None, name: str, kind: str = "Förvaltning", **more: Any) -> str:
    forms = {"schoolForms": ["GR"]} if kind == "Skolenhet" else {}
    made = create(organisationType=kind, name=name, parent=parent, **forms, **more)
    assert made.status == 201, made.body
    return str(made.body["id"])


def act(operation: str, id: str, version: int, /, **body: Any) -> Answer:
    headers = {"if-match": f'"{version}"'}
    return call("organisation", operation, OFFICE, path={"unit": id}, body=body, headers=headers)


def change(
    id: str, version: int, name: str, parent: str | None, kind: str = "Förvaltning", **more: Any
) -> Answer:
    return act("change_unit", id, version, organisationType=kind, name=name, parent=parent, **more)


def names(operation: str, id: str, **query: Any) -> list[str]:
    answer = call("organisation", operation, ANYBODY, path={"unit": id}, query=query)
    assert answer.status == 200, answer.body
    return [found["name"] for found in answer.body["data"]]


def told(kind: str) -> list[dict[str, Any]]:
    return [f["data"] for f in outbox("organisation") if f["type"] == f"organisation.{kind}.v1"]


def test_the_organisation_is_a_tree(office: Cloud) -> None:
    schools = unit(MUNICIPALITY, "Utbildning")
    north, south = (unit(schools, name, "Rektorsområde") for name in ("Norr", "Söder"))
    school = unit(north, "Bergaskolan", "Skolenhet", code="99990017", organisationCode="B1")
    for name in ("Asken", "Cedern"):
        unit(north, name, "Skolenhet")
    assert names("list_children", MUNICIPALITY) == ["Utbildning"]
    assert names("list_children", schools) == ["Norr", "Söder"]
    assert names("list_children", north) == ["Asken", "Bergaskolan", "Cedern"]
    assert names("list_ancestors", school) == ["Norr", "Utbildning", "Ekhamra"]
    assert [above.name for above in queries.ancestors(UnitId(school))] == ["Norr", "Utbildning", "Ekhamra"]
    page = call("organisation", "list_children", ANYBODY, path={"unit": north}, query={"limit": 2}).body
    assert [child["name"] for child in page["data"]] == ["Asken", "Bergaskolan"]
    assert names("list_children", north, limit=2, cursor=page["cursor"]) == ["Cedern"]
    assert (school, [found.name for found in queries.units()]) == (UNIT, ["Asken", "Bergaskolan", "Cedern"])
    assert queries.unit(UnitId(schools)) is None
    moved = change(school, 1, "Bergskolan", south, "Skolenhet", schoolForms=["GR"], code="99990017")
    assert (moved.status, moved.headers["etag"], moved.body["parent"]) == (200, '"2"', south)
    assert (names("list_children", north), names("list_children", south)) == (
        ["Asken", "Cedern"],
        ["Bergskolan"],
    )
    assert told("UnitChanged")[-1] == {"unit": school, "changes": ["renamed", "moved", "details"]}
    assert [row["action"] for row in audit_rows(school)] == ["create_unit", "change_unit"]
    assert change(school, 1, "X", south, "Skolenhet", schoolForms=["GR"], code="99990017").status == 412
    assert change(schools, 1, "X", north).body["type"].endswith(":loop-in-tree")
    assert change(schools, 1, "X", school).body["type"].endswith((":loop-in-tree", ":parent-unfit"))
    other = change(school, 2, "X", south, "Skolenhet", schoolForms=["GR"], code="99990025")
    assert other.body["type"].endswith(":code-is-the-unit")


def test_the_organiser_and_a_school_unit_code_are_there_once(office: Cloud) -> None:
    assert create(organisationType="Huvudman", name="En till").status == 412
    unit(MUNICIPALITY, "Skolan", "Skolenhet", code="99990017")
    twice = create(organisationType="Skolenhet", name="Två", schoolForms=["GR"], code="99990017")
    assert twice.status == 412


def test_a_repeated_creation_is_one(office: Cloud) -> None:
    headers, body = {"idempotency-key": new_id()}, {"organisationType": "Bolag", "name": "AB"}
    first, again = (call("organisation", "create_unit", OFFICE, body=body, headers=headers) for _ in range(2))
    assert (first.status, first.body) == (again.status, again.body)


def test_two_moves_at_once_cannot_make_a_loop(office: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    a, b = (unit(MUNICIPALITY, name) for name in "AB")
    lineage = units_store.lineage

    def meanwhile(parent: UnitId | None) -> Any:
        found = lineage(parent)
        monkeypatch.setattr(units_store, "lineage", lineage)
        assert change(b, 1, "B", a).status == 200
        return found

    monkeypatch.setattr(units_store, "lineage", meanwhile)
    assert change(a, 1, "A", b).status == 412
    assert names("list_ancestors", b) == ["A", "Ekhamra"]


def test_a_unit_closes_after_what_is_below_it_and_is_never_gone(office: Cloud) -> None:
    area = unit(MUNICIPALITY, "Norr", "Rektorsområde")
    school = unit(area, "Skolan", "Skolenhet")
    day = today() - timedelta(days=1)
    refused = act("close_unit", area, 1, endDate=str(day))
    assert (refused.status, refused.body["type"].rpartition(":")[2]) == (409, "still-has-children")
    ended = change(area, 1, "Norr", MUNICIPALITY, "Rektorsområde", endDate=str(day))
    assert ended.body["type"].endswith(":still-has-children")
    as_school = change(area, 1, "Norr", MUNICIPALITY, "Skolenhet", schoolForms=["GR"])
    assert as_school.body["errors"][0]["field"] == "organisationType"
    assert act("close_unit", school, 1, endDate=str(day)).body["status"] == "UPPHORT"
    assert act("close_unit", area, 1, endDate=str(day)).status == 200
    assert list(queries.units()) == []
    found = queries.unit(UnitId(school))
    assert found
    assert (found.status, found.end) == ("UPPHORT", day)
    assert told("UnitChanged")[-1] == {"unit": area, "changes": ["closed"]}


def document(code: str, name: str, status: str = "AKTIV", **more: Any) -> dict[str, Any]:
    attributes = {
        "displayName": name,
        "status": status,
        "municipalityCode": "9999",
        "schoolTypes": ["GR"],
        **more,
    }
    organiser = {"attributes": {"organizerType": "KOMMUN"}, "organizationNumber": "2120000142"}
    return {"data": {"schoolUnitCode": code, "attributes": attributes}, "included": organiser}


def take(cloud: Cloud, *documents: dict[str, Any], folder: str = "") -> dict[str, list[str]]:
    """Drop documents of the register; what they changed, by school unit code."""
    report = drop(cloud, f"organisation/units/{folder}{new_id()}.json", json.dumps(documents))
    assert report["failed"] == 0, report
    answer = call("organisation", "list_unit_changes", OFFICE, path={"import": report["import"]})
    codes = {stable_id("unit", d["data"]["schoolUnitCode"]): d["data"]["schoolUnitCode"] for d in documents}
    assert all(difference["preview"] == bool(folder) for difference in answer.body["data"])
    return {codes[found["unit"]]: found["changes"] for found in answer.body["data"]}


def test_a_re_import_tells_what_changed_and_a_dry_run_changes_nothing(office: Cloud) -> None:
    codes = ("99990017", "99990025", "99990033")
    assert take(office, *(document(code, f"S{code}") for code in codes)) == {code: ["new"] for code in codes}
    area = unit(MUNICIPALITY, "Norr", "Rektorsområde")
    body = {
        "schoolForms": ["GR"],
        "code": codes[0],
        "organisationNumber": "2120000142",
        "municipalityCode": "9999",
    }
    assert change(UNIT, 1, f"S{codes[0]}", area, "Skolenhet", **body).status == 200
    later = [
        document(codes[0], "Nya namnet"),
        document(codes[1], f"S{codes[1]}", "UPPHORT", endDate="2026-06-30"),
        document(codes[2], f"S{codes[2]}", "VILANDE"),
        document("99990041", "Nyskolan", schoolTypes=["GR", "FKLASS"]),
    ]
    expected = {codes[0]: ["renamed"], codes[1]: ["closed"], codes[2]: ["dormant"], "99990041": ["new"]}
    before = len(outbox("organisation"))
    assert take(office, *later, folder="preview/") == expected
    assert {fact["type"] for fact in outbox("organisation")[before:]} == {"organisation.ImportFinished.v1"}
    assert queries.unit(UnitId(stable_id("unit", "99990041"))) is None
    assert take(office, *later) == expected
    assert [fact["changes"] for fact in told("UnitChanged")[-4:]] == list(expected.values())
    found = queries.unit(UNIT)
    assert found
    assert (found.name, found.parent) == ("Nya namnet", area)  # its place is the municipality's own
    assert names("list_children", area) == ["Nya namnet"]
    assert "Nyskolan" in names("list_children", MUNICIPALITY)
    assert take(office, *later) == {}


def year_body(calendar: SchoolCalendar, **more: Any) -> dict[str, Any]:
    terms = {
        name: {"first": str(term.first), "last": str(term.last)}
        for name, term in (("autumn", calendar.autumn), ("spring", calendar.spring))
    }
    days = {
        "daysOff": sorted(map(str, calendar.days_off)),
        "studyDays": sorted(map(str, calendar.study_days)),
    }
    return {"schoolYear": str(calendar.school_year), **terms, **days} | more


def decide(id: str, calendar: SchoolCalendar, version: int, number: int, reason: str = "ordinary") -> None:
    drafted = act("propose_calendar", id, version, **year_body(calendar))
    assert (drafted.status, drafted.body["problems"]) == (200, []), drafted.body
    decided = act("decide_calendar", id, version + 1, schoolYear=str(YEAR), reason=reason)
    assert (decided.status, decided.body["number"]) == (201, number), decided.body


def read(id: str, **query: Any) -> dict[str, Any]:
    query = {"schoolYear": str(YEAR)} | query
    answer = call("organisation", "read_calendar", ANYBODY, path={"unit": id}, query=query)
    assert answer.status == 200, answer.body
    body: dict[str, Any] = answer.body
    return body


def test_the_municipality_decides_for_all_and_a_unit_may_have_its_own(office: Cloud) -> None:
    one, other = (unit(MUNICIPALITY, name, "Skolenhet") for name in ("En", "Två"))
    assert (read(one)["origin"], queries.calendar(UnitId(one), YEAR)) == ("usual", USUAL)
    municipal = default_calendar(YEAR, winter_break_week=7)
    decide(MUNICIPALITY, municipal, 0, 1)
    assert {read(id)["origin"] for id in (one, other, MUNICIPALITY)} == {"municipality"}
    decide(one, OWN, 0, 1)
    assert (queries.calendar(UnitId(one), YEAR), queries.calendar(UnitId(other), YEAR)) == (OWN, municipal)
    assert (read(one)["origin"], read(one)["schoolDays"]) == ("unit", 178)
    decide(one, USUAL, 2, 2, "circumstances")
    assert queries.calendar(UnitId(one), YEAR) == USUAL
    history = call(
        "organisation", "list_calendar_decisions", OFFICE, path={"unit": one}, query={"schoolYear": str(YEAR)}
    ).body["data"]
    assert [(d["number"], d["reason"], d["decidedBy"]) for d in history] == [
        (2, "circumstances", OFFICE), (1, "ordinary", OFFICE),
    ]  # fmt: skip
    assert history[1]["daysOff"] == sorted(map(str, OWN.days_off))
    assert [(f["unit"], f["decision"], f["whole_municipality"]) for f in told("CalendarDecided")] == [
        (MUNICIPALITY, 1, True), (one, 1, False), (one, 2, False),
    ]  # fmt: skip
    assert "Midsommardagen" in {holiday["name"] for holiday in read(one)["holidays"]}


def test_a_draft_may_be_wrong_but_is_not_decided(office: Cloud) -> None:
    school = unit(MUNICIPALITY, "Skolan", "Skolenhet")
    short = year_body(USUAL, spring={"first": str(USUAL.spring.first), "last": "2028-06-01"})
    drafted = act("propose_calendar", school, 0, **short)
    assert [p["rule"] for p in drafted.body["problems"]] == ["school_days"]
    refused = act("decide_calendar", school, 1, schoolYear=str(YEAR))
    assert (refused.status, refused.body["errors"][0]["field"]) == (422, "school_days")
    assert read(school)["origin"] == "usual"
    assert act("propose_calendar", school, 0, **year_body(USUAL)).status == 412
    assert act("decide_calendar", school, 2, schoolYear=str(YEAR)).status == 412
    draft = call(
        "organisation", "read_calendar_draft", OFFICE, path={"unit": school}, query={"schoolYear": str(YEAR)}
    )
    assert (draft.headers["etag"], draft.body["decided"]) == ('"1"', False)
    between = act("propose_calendar", unit(MUNICIPALITY, "Kontoret"), 0, **year_body(USUAL))
    assert between.body["type"].endswith(":not-a-calendar-owner")


def test_what_a_preschool_does_not_use_is_hidden(office: Cloud) -> None:
    made = create(
        organisationType="Skolenhet", name="Ekens förskola", schoolForms=["FS"], parent=MUNICIPALITY
    )
    school = str(made.body["id"])
    decide(MUNICIPALITY, OWN, 0, 1)
    seen = read(school)
    assert (seen["autumn"], seen["spring"], seen["schoolDays"], seen["daysOff"]) == (None, None, None, [])
    assert queries.calendar(UnitId(school), YEAR) == open_year(YEAR)
    assert act("propose_calendar", school, 0, **year_body(OWN)).status == 422
    closed = {"schoolYear": str(YEAR), "daysOff": ["2027-07-19"], "studyDays": ["2027-08-09"]}
    assert act("propose_calendar", school, 0, **closed).body["problems"] == []
    assert act("decide_calendar", school, 1, schoolYear=str(YEAR)).status == 201
    assert not queries.calendar(UnitId(school), YEAR).is_school_day(date(2027, 7, 19))
    forms = call("organisation", "list_school_forms", ANYBODY).body["data"]
    assert {form["code"] for form in forms if form["schoolDays"]} == {
        "FKLASS", "GR", "GRAN", "TR", "SP", "SAM", "GY", "GYAN",
    }  # fmt: skip


def test_a_decided_year_from_a_file_keeps_what_was_before(office: Cloud) -> None:
    school = unit(MUNICIPALITY, "Skolan", "Skolenhet", code="99990017")
    for calendar in (OWN, OWN, USUAL):
        report = drop(
            office, f"organisation/calendars/{new_id()}.jsonl", [year_body(calendar, unit="99990017")]
        )
        assert report["failed"] == 0, report
    path, query = {"unit": school}, {"schoolYear": str(YEAR)}
    history = call("organisation", "list_calendar_decisions", OFFICE, path=path, query=query).body["data"]
    assert [(d["number"], d["decidedBy"]) for d in history] == [(2, None), (1, None)]
    assert len(told("CalendarDecided")) == 2
    preschool = create(organisationType="Skolenhet", name="F", schoolForms=["FS"]).body["id"]
    report = drop(office, "organisation/calendars/f.jsonl", [year_body(OWN, unit=preschool)])
    assert "inga terminer" in report["faults"][0]["reason"]
