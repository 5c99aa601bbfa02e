"""Statistics of grades (process 32): counted when the period closes, exact for who answers for the unit,
and for everybody else without what is somebody's.
"""

from __future__ import annotations

from base64 import b64decode
from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

import pytest

from functions.grades.domain.periods import Period
from functions.grades.domain.prognosis import ORDINARY
from functions.grades.store import catalogue, periods, statistics
from functions.organisation.store import units
from functions.register import queries as register
from infra.local.cloud import Cloud
from skolkit.clock import local, now, stamp, today
from skolkit.sweden.calendar import SchoolYear
from skolkit.sweden.codes import SchoolForm
from skolkit.table import commit
from skolkit.types import PersonId, UnitId, new_id
from tests.integration.test_attendance_day import at
from tests.support.areas import Answer, acting_as, call, deliver, outbox, run_schedule
from tests.support.asks import new_key
from tests.support.grade_book import course, put
from tests.support.grading import Graded, period_body
from tests.support.gymnasium import imagine_gymnasium
from tests.support.meter import metered
from tests.support.world import drop

QUERY = {"schoolForm": "GR", "year": "9"}


def closed(school: Graded, values: dict[PersonId, str]) -> dict[str, Any]:
    """Let the class have these grades in both subjects and the period be closed; the fact of it."""
    for subject in school.activities:
        for some in ([p for p, v in values.items() if v != "F"], [p for p, v in values.items() if v == "F"]):
            set_: dict[str, Any] = {pupil: values[pupil] for pupil in some}
            if set_:
                support = "Når inte målen i algebra ännu." if values[some[0]] == "F" else ""
                assert school.set(school.teachers[0], set_, subject, support=support).status == 201
    shut = call("grades", "close_period", school.principal, path={"period": school.period}, headers=new_key())
    assert shut.status == 200, shut.body
    (fact,) = [f for f in outbox("grades") if f["type"] == "grades.PeriodClosed.v1"]
    return fact


def grades_of(school: Graded) -> dict[PersonId, str]:
    """A few with an F, the rest with B or C."""
    return {p: "F" if n < 2 else "BC"[n % 2] for n, p in enumerate(school.klass.pupil_ids)}


def read(school: Graded, name: str, person: str, **more: str) -> Answer:
    query = QUERY | {"semester": period_body()["semester"]} | more
    path = {} if name.startswith("list") else {"unit": school.world.unit}
    return call("grades", name, person, path=path, query=query)


def row(answer: Answer, code: str = "GRGRMAT01") -> dict[str, Any]:
    assert answer.status == 200, answer.body
    (table,) = answer.body["data"]
    found: dict[str, Any] = next(one for one in table["rows"] if one["subjectCode"] == code)
    return found


def counts(values: list[dict[str, Any]]) -> dict[str, int]:
    return {"".join(one["gradeValues"]): one["count"] for one in values if one["count"]}


def test_a_closed_period_is_counted_for_its_principal(school: Graded) -> None:
    values = grades_of(school)
    fact = closed(school, values)
    for _ in range(2):
        assert deliver("grades", "count_grades", fact) == []
    with metered() as use:
        answer = read(school, "read_grade_statistics", school.principal)
    assert use.trips == 2
    maths, passed = row(answer), row(answer, "allPassed")
    expected = {value: list(values.values()).count(value) for value in "BCF"}
    assert (counts(maths["values"]), maths["students"]) == (expected, len(values))
    assert [(g["group"], counts(g["values"])) for g in maths["groups"]] == [(school.klass.id, expected)]
    assert counts(passed["values"]) == {"ja": len(values) - 2, "nej": 2}
    by_sex = [counts(part) for part in maths["sexes"].values()]
    assert {v: sum(part.get(v, 0) for part in by_sex) for v in "BCF"} == expected
    assert sum(one["share"] for one in maths["values"]) == pytest.approx(100, abs=0.3)


def test_everybody_sees_what_is_nobodys(school: Graded) -> None:
    values = grades_of(school)
    assert deliver("grades", "count_grades", closed(school, values)) == []
    home = next(p for p in school.pupils if p.guardians).guardians[0].guardian_id
    with metered() as use:
        answer = read(school, "read_open_grade_statistics", home)
    assert use.trips == 1
    (table,) = answer.body["data"]
    assert table["rules"] == "disclosure-2026"
    maths = row(answer)
    assert all(one["count"] == 0 or one["count"] >= 5 for one in maths["values"])
    assert "F" not in counts(maths["values"])
    assert (maths["meanPoints"], maths["groups"], maths["students"]) == (None, None, len(values))
    assert "allPassed" not in {one["subjectCode"] for one in table["rows"]}
    for year, found in ((table["schoolYear"], [table]), ("2020/21", [])):
        units = read(school, "list_open_grade_statistics", home, schoolYear=year)
        assert (units.status, units.body) == (200, {"data": found, "cursor": None})
    bent = read(school, "list_open_grade_statistics", home, schoolYear="2020/21", cursor="x")
    assert bent.status == 400


def test_exact_numbers_are_for_who_answers_for_the_unit(school: Graded) -> None:
    home = next(p for p in school.pupils if p.guardians).guardians[0].guardian_id
    for person in (school.teachers[0], home, school.pupils[0].id):
        assert read(school, "read_grade_statistics", person).status == 404
    assert read(school, "read_grade_statistics", school.principal).body == {"data": []}


def test_a_protected_pupil_is_counted_and_stands_out_nowhere(school: Graded) -> None:
    values = grades_of(school)
    hidden = next(iter(values))
    marked = call(
        "register", "protect_person", school.world.staff("administrator"), path={"person": hidden},
        body={"securityMarking": "Sekretessmarkering", "basis": "populationRegister"},
        headers={"if-match": '"1"'},
    )  # fmt: skip
    assert marked.status == 200, marked.body
    assert deliver("grades", "count_grades", closed(school, values)) == []
    maths = row(read(school, "read_grade_statistics", school.principal))
    assert (maths["students"], set(maths["sexes"])) == (len(values), {"Kvinna", "Man"})
    assert register.wanted_sexes([hidden]).only == ("sex",)


def test_tables_come_as_files(school: Graded) -> None:
    values = grades_of(school)
    assert deliver("grades", "count_grades", closed(school, values)) == []
    home = next(p for p in school.pupils if p.guardians).guardians[0].guardian_id

    def lines(person: str, **more: str) -> list[list[str]]:
        answer = read(school, "read_grade_statistics_file", person, **more)
        assert answer.status == 200, answer.body
        text = b64decode(answer.body["content"]).decode("utf-8-sig")
        return [line.split(";") for line in text.splitlines()]

    exact = lines(school.principal, exact="true")
    assert exact[0][:7] == ["Läsår", "Termin", "Årskurs", "Ämneskod", "Ämne", "Del", "Elever"]
    failed = [row for row in exact if row[3] == "GRGRMAT01" and row[7] == "F"]
    assert {row[5]: row[8] for row in failed if row[5] not in {"Kvinna", "Man"}} == {
        "Alla": "2", school.klass.name: "2",
    }  # fmt: skip
    open_ = lines(home)
    assert {row[5] for row in open_[1:]} <= {"Alla", "Kvinna", "Man"}
    assert all(row[8] in {"–", "0"} or int(row[8]) >= 5 for row in open_[1:])
    assert read(school, "read_grade_statistics_file", home, exact="true").status == 404
    book = read(school, "read_grade_statistics_file", home, format="xlsx").body
    assert b64decode(book["content"])[:2] == b"PK"


def test_a_correction_is_counted_again_and_shows_nobody(school: Graded) -> None:
    values = grades_of(school)
    assert deliver("grades", "count_grades", closed(school, values)) == []
    home = next(p for p in school.pupils if p.guardians).guardians[0].guardian_id
    before = read(school, "read_open_grade_statistics", home).body["data"][0]["rows"]
    corrected = next(pupil for pupil, value in values.items() if value == "B")
    with acting_as("grades"):
        head = catalogue.find_heads([corrected])[corrected]
        known = catalogue.entries([corrected])
        wrong = next(e for e in known if e.subject.code == "GRGRMAT01")
        right = replace(wrong, id=new_id(), kind="correction", value="A", replaces=wrong.id)
        commit(*catalogue.append(head, [right], known)[0])
    decided = next(f for f in outbox("grades") if f["type"] == "grades.GradesDecided.v1")
    for _ in range(2):
        assert deliver("grades", "count_grades", decided) == []
    exact = counts(row(read(school, "read_grade_statistics", school.principal))["values"])
    whole = list(values.values())
    assert exact == {"A": 1, "B": whole.count("B") - 1, "C": whole.count("C"), "F": 2}
    assert read(school, "read_open_grade_statistics", home).body["data"][0]["rows"] == before


def test_an_open_period_is_not_counted(school: Graded) -> None:
    assert school.set(school.teachers[0], {school.klass.pupil_ids[0]: "B"}).status == 201
    (decided,) = [f for f in outbox("grades") if f["type"] == "grades.GradesDecided.v1"]
    assert deliver("grades", "count_grades", decided) == []
    assert read(school, "read_grade_statistics", school.principal).body == {"data": []}


def test_a_trial_is_counted_in_the_closed_period_of_its_term(school: Graded) -> None:
    values = grades_of(school)
    shut = closed(school, values)
    assert deliver("grades", "count_grades", shut) == []
    pupil, examiner = next(p for p, v in values.items() if v == "F"), school.teachers[0]
    body = {"organisation": school.world.unit, "schoolForm": "GR", "subjectCode": "MA"}
    applied = call(
        "grades", "apply_for_trial", school.principal, path={"pupil": pupil}, body=body, headers=new_key()
    )
    assert applied.status == 201, applied.body
    path = {"pupil": pupil, "trial": applied.body["id"]}
    admitted = {"outcome": "admitted", "examiner": examiner, "day": today().isoformat()}
    for name, who, said in (
        ("handle_trial", school.principal, admitted), ("grade_trial", examiner, {"value": "C"}),
    ):  # fmt: skip
        done = call("grades", name, who, path=path, body=said, headers=new_key())
        assert done.status == 201, done.body
    (decided,) = [f for f in outbox("grades") if f["type"] == "grades.PupilGradeDecided.v1"]
    nobody = {**decided, "data": {**decided["data"], "entry": new_id()}}
    tables = []
    for some in ([nobody, decided], [decided, shut, decided], [shut]):
        assert deliver("grades", "count_grades", *some) == []
        tables.append(row(read(school, "read_grade_statistics", school.principal)))
    assert counts(tables[0]["values"])["F"] == 1
    assert counts(tables[0]["values"])["C"] == list(values.values()).count("C") + 1
    assert tables[1:] == [tables[0]] * 2


def test_what_the_grades_are_enough_for_is_counted(school: Graded) -> None:
    """Two subjects are enough for no programme; those of before count, and those of after do not."""
    values = grades_of(school)
    pupils = list(values)
    earlier = [(code, "E") for code in ORDINARY if code not in ("MA", "EN")]
    for pupil in pupils[2:]:
        put(pupil, school.world.unit, *earlier, school_year="2020/21")
    shut = closed(school, values)
    assert deliver("grades", "count_grades", shut) == []
    (table,) = read(school, "read_grade_statistics", school.principal).body["data"]
    results, (group,) = table["results"], table["results"]["groups"]
    worth = {"B": 17.5, "C": 15.0, "F": 0.0}
    merits = [2 * worth[values[p]] + (140.0 if p in pupils[2:] else 0.0) for p in pupils]
    mean = round(sum(merits) / len(merits), 2)
    assert (results["whole"]["meanMeritValue"], results["whole"]["roundedTo"]) == (mean, None)
    able = {one["kind"]: one["count"] for one in results["whole"]["eligible"]}
    assert able == dict.fromkeys(("vocational", "arts", "social", "science"), len(pupils) - 2)
    assert (group["group"], group["results"]) == (school.klass.id, results["whole"])
    assert sum(part["students"] for part in results["sexes"].values()) == len(pupils)

    home = next(p for p in school.pupils if p.guardians).guardians[0].guardian_id
    (seen,) = read(school, "read_open_grade_statistics", home).body["data"]
    assert seen["results"]["whole"]["meanMeritValue"] in (None, 5 * round(mean / 5), 10 * round(mean / 10))
    assert {one["count"] for one in seen["results"]["whole"]["eligible"]} == {None}, "two are too few"
    assert (seen["results"]["groups"], {r["subjectCode"] for r in seen["rows"]}) == (
        None, {"GRGRMAT01", "GRGRENG01"},
    )  # fmt: skip

    put(pupils[0], school.world.unit, *earlier, school_year="2090/91")
    assert deliver("grades", "count_grades", shut) == []
    (again,) = read(school, "read_grade_statistics", school.principal).body["data"]
    assert again["results"] == results
    file = read(school, "read_grade_statistics_file", school.principal, exact="true").body
    lines = b64decode(file["content"]).decode("utf-8-sig").splitlines()
    assert any("Genomsnittligt meritvärde" in line and str(mean).replace(".", ",") in line for line in lines)


def test_the_units_together_are_counted_once_a_term_has_settled(
    school: Graded, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing of the sum tells of a unit what the unit does not show: here both hide the same."""
    values = grades_of(school)
    assert deliver("grades", "count_grades", closed(school, values)) == []
    with acting_as("organisation"):
        known = units.find_unit(UnitId(school.world.unit))
        assert known
        other = replace(known, id=UnitId(new_id()), code=None, name="Systerskolan")
        commit(*units.unit_writes(None, other))
    year, term = str(SchoolYear.of(today())), period_body()["semester"]
    with acting_as("grades"):
        (own,) = statistics.latest_tables(UnitId(school.world.unit), SchoolForm.COMPULSORY, 9, term)
        commit(statistics.table_item(replace(own, unit=other.id, version=None)))
    home = next(p for p in school.pupils if p.guardians).guardians[0].guardian_id

    def all_units() -> list[dict[str, Any]]:
        query = QUERY | {"semester": term}
        answer = call("grades", "read_municipal_grade_statistics", home, query=query)
        assert answer.status == 200, answer.body
        found: list[dict[str, Any]] = answer.body["data"]
        return found

    run_schedule("grades", "count_municipality")
    assert all_units() == [], "not settled"
    first = date(SchoolYear.of(today()).end.year, 1, 15) if term == "HT" else SchoolYear.of(today()).end
    at(monkeypatch, local(first + timedelta(days=2), time(3, 40)))
    run_schedule("grades", "count_municipality")
    with metered() as use:
        (total,) = all_units()
    assert use.trips == 1
    assert (total["units"], total["schoolYear"], total["rules"]) == (2, year, "disclosure-2026")
    maths, alone = (
        next(r for r in rows if r["subjectCode"] == "GRGRMAT01")
        for rows in (total["rows"], read(school, "read_open_grade_statistics", home).body["data"][0]["rows"])
    )
    assert (maths["students"], maths["groups"]) == (2 * alone["students"], None)
    assert all(band["count"] == 0 or band["count"] >= 5 for band in maths["values"])
    together, one = (sorted(b["gradeValues"] for b in row["values"]) for row in (maths, alone))
    assert together == one
    assert total["results"]["whole"]["students"] is None
    with acting_as("grades"):
        more = replace(own, unit=other.id, rows=(), open=(), version=1)
        commit(statistics.table_item(more))
    run_schedule("grades", "count_municipality")
    assert all_units() == [total], "once"


def test_how_upper_secondary_school_ends_is_counted_of_who_has_a_whole_programme(
    school: Graded, cloud: Cloud
) -> None:
    made = imagine_gymnasium(school.world, serial=43, count=2)
    for key, content in made.files.items():
        if "lessons" not in key:
            drop(cloud, key, content)
    unit, (done, underway) = school.world.unit, made.pupils
    levels = [
        ("SVEN3000X", "C", 100),
        ("ENGE2000X", "C", 100),
        ("MATE1C00X", "C", 100),
        ("KEMI1000X", "A", 1800),
    ]
    put(done, unit, *(course(done, unit, *level) for level in levels))
    put(done, unit, course(done, unit, "GYARNA", "E", name="Gymnasiearbete"))
    put(underway, unit, course(underway, unit, *levels[0]))
    year = str(SchoolYear.of(today()))
    period = Period(
        id=new_id(), unit=UnitId(unit), form=SchoolForm.UPPER_SECONDARY, years=(), school_year=year,
        term="VT", opens=today(), due=today(), state="closed",
    )  # fmt: skip
    with acting_as("grades"):
        commit(*periods.period_writes(period))
    shut = {
        "id": new_id(), "type": "grades.PeriodClosed.v1", "time": stamp(now()),
        "data": {"period": period.id, "unit": unit},
    }  # fmt: skip
    assert deliver("grades", "count_grades", shut) == []
    query = {"schoolForm": "GY", "semester": "VT"}
    path = {"unit": unit}
    answer = call("grades", "read_grade_statistics", school.principal, path=path, query=query)
    (table,) = answer.body["data"]
    whole = table["graduates"]["whole"]
    # 600 points of C, 1,800 of A; without a study plan nobody knows whether the programme is reduced.
    assert whole == {
        "students": 1, "meanGradePoints": 18.75, "diploma": 0, "studies": 0, "unknown": 1,
    }  # fmt: skip
    assert sum(part["students"] for part in table["graduates"]["sexes"].values()) == 1
    assert {row["subjectCode"] for row in table["rows"]} >= {"SVEN3000X", "allPassed"}
    home = call("grades", "read_open_grade_statistics", done, path=path, query=query).body["data"]
    assert [one["graduates"] for one in home] == [None]
    file = call(
        "grades", "read_grade_statistics_file", school.principal, path=path, query=query | {"exact": "true"}
    )
    assert "Genomsnittlig betygspoäng" in b64decode(file.body["content"]).decode("utf-8-sig")
