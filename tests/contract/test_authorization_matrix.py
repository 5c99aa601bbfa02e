"""Who gets in where: every operation asked by everybody there is around a pupil, two schools and the
municipality, over the tables of `allowed.py`. Whoever is not in its row learns nothing, not even that what
they ask for exists, and leaves no trace.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

import pytest

from infra.local.cloud import Cloud
from skolkit.clock import today
from skolkit.identity import SCHOOL_SCOPE
from skolkit.types import PersonId, new_id
from tests.contract.allowed import ALLOWED, KNOWS_THE_PROTECTED, PROTECTED, operation_of
from tests.contract.people import GUARDIANS, OPEN, PEOPLE, UNVERIFIED
from tests.support.areas import (
    Answer,
    Context,
    acting_as,
    api_of,
    every_operation,
    gateway_event,
    operation,
)
from tests.support.asks import TELEPHONY, Ask, absence, attendance
from tests.support.meter import READS, Use, metered
from tests.support.requests import REQUESTS
from tests.support.schools import CANARY, SECRETS, Schools
from tests.support.stored import Undo, stored

MACHINES = {"integration": "skolkit/ss12000.read", "telephony": TELEPHONY}
DOMAIN_REFUSALS = {409, 412, 422, 428}
# Whose answer is where the protected pupil is, for whoever has broken the glass.
OPENED = "register.open_contacts"


@dataclass(frozen=True)
class Asked:
    """An answer and what it cost; `told` is all the caller can tell it by."""

    answer: Answer
    text: str
    use: Use

    @property
    def told(self) -> tuple[int, str, Mapping[str, str]]:
        return self.answer.status, self.text, self.answer.headers

    @property
    def wrote(self) -> list[str]:
        return [name for name in self.use.operations if name not in READS]


def ask(schools: Schools, row: str, actor: str, request: Ask) -> Asked:
    """Ask as the gateway would hand it on."""
    area, name = operation_of(row)
    event = gateway_event(
        operation(area, name), person=schools.people.get(actor), path=request.path, query=request.query,
        body=request.body, headers=request.headers,
        scopes=MACHINES.get(actor, SCHOOL_SCOPE),
    )  # fmt: skip
    if actor == "anonymous":
        del event["requestContext"]["authorizer"]
    with acting_as(area), metered() as use:
        reply = api_of(area).app(event, Context())
    text = reply["body"]
    body = json.loads(text) if text and text[0] in "{[" else text
    return Asked(Answer(reply["statusCode"], reply["headers"], body), text, use)


def elsewhere(request: Ask) -> Iterator[Ask]:
    """The same request for what does not exist: every choice of the path's ids made up."""
    for count in range(1, len(request.path) + 1):
        for names in combinations(request.path, count):
            yield replace(request, path=dict(request.path) | {name: new_id() for name in names})


def test_every_operation_has_its_row() -> None:
    known = {f"{area}.{op.id}" for area, op in every_operation()}
    rows = {row.split(" ")[0] for row in ALLOWED}
    assert not known - rows, (
        f"Say in tests/contract/allowed.py who may do {sorted(known - rows)}, and in "
        "tests/support/requests.py what a request looks like that is right for them."
    )
    assert not rows - known, f"No such operation any more: {sorted(rows - known)}"
    assert set(REQUESTS) == set(ALLOWED)
    assert {name for row in ALLOWED.values() for name in row} <= OPEN


def test_nothing_is_open_to_all_but_health_and_what_carries_its_own_secret() -> None:
    assert {f"{area}.{op.id}" for area, op in every_operation() if op.scope is None} == {
        "access.read_health", "attendance.answer_by_link", "attendance.open_answer",
        "grades.compare_document", "grades.open_check", "grades.read_check",
        "grades.list_certificates", "exchange.fetch_calendar",
    }  # fmt: skip


@pytest.mark.parametrize("row", ALLOWED)
@pytest.mark.usefixtures("clean")
def test_whoever_is_not_in_the_row_learns_and_changes_nothing(schools: Schools, row: str) -> None:
    wrong = []
    for_machines = operation(*operation_of(row)).scope != SCHOOL_SCOPE
    for actor in sorted(OPEN - ALLOWED[row]):
        request = REQUESTS[row](schools)
        real = ask(schools, row, actor, request)
        expected = 401 if actor in UNVERIFIED or for_machines else 404
        if real.answer.status != expected:
            wrong.append(f"{actor}: {real.answer.status} instead of {expected}: {real.text[:200]}")
        if real.wrote:
            wrong.append(f"{actor}: wrote {real.wrote}")
        for made_up in elsewhere(request):
            nothing = ask(schools, row, actor, made_up)
            if nothing.told != real.told:
                wrong.append(
                    f"{actor} can tell that it exists: {real.answer.status} {real.text[:100]}, made up: "
                    f"{nothing.answer.status} {nothing.text[:100]}"
                )
    assert wrong == [], "\n".join(wrong)


def test_refusals_leave_every_row_as_it_was(schools: Schools) -> None:
    rows = stored()
    for row, make in REQUESTS.items():
        for actor in {"far guardian", "other teacher", "anonymous"} - ALLOWED[row]:
            ask(schools, row, actor, make(schools))
    assert stored() == rows


@pytest.mark.parametrize("row", ALLOWED)
@pytest.mark.usefixtures("clean")
def test_whoever_is_in_the_row_gets_in(schools: Schools, undo: Undo, row: str) -> None:
    wrong = []
    for actor in sorted(ALLOWED[row]):
        asked = ask(schools, row, actor, REQUESTS[row](schools))
        status = asked.answer.status
        if status >= 400 and status not in DOMAIN_REFUSALS | ({403} if row == OPENED else set()):
            wrong.append(f"{actor}: {status} {asked.text[:200]}")
        if actor not in KNOWS_THE_PROTECTED and CANARY["familyName"] in asked.text:
            wrong.append(f"{actor} sees the protected pupil's name")
        if row != OPENED and any(secret in asked.text for secret in SECRETS):
            wrong.append(f"{actor} sees where the protected pupil is")
        undo.undo()
    assert wrong == [], "\n".join(wrong)


def test_every_row_about_one_pupil_is_asked_about_a_protected_one() -> None:
    notice = {  # decided as report_absence
        f"attendance.{name}"
        for name in (
            "cancel_occasion", "change_absence", "change_series", "prolong_absence", "tell_back",
            "withdraw_absence", "withdraw_series",
        )
    }  # fmt: skip
    own = {"register.change_contacts"}
    job = {"register.link_handover", "register.read_handover"}  # decided as ask_handover
    about = {
        f"{area}.{op.id}"
        for area, op in every_operation()
        if set(op.path_names) & {"child", "person", "pupil"} and "group" not in op.path_names
    }
    assert about - notice - own - job == set(PROTECTED)


@pytest.mark.parametrize("row", PROTECTED)
@pytest.mark.usefixtures("clean")
def test_a_protected_pupil_is_there_only_for_those_with_a_task(
    schools: Schools, undo: Undo, row: str
) -> None:
    """IMY DI-2019-7024: a duty for the whole municipality, or at another unit, is no task."""
    wrong = []
    for actor in sorted(set(PEOPLE) - GUARDIANS - {"classmate's guardian"}):
        request = REQUESTS[row](schools)
        path = {name: schools.hidden if id == schools.pupil.id else id for name, id in request.path.items()}
        asked = ask(schools, row, actor, replace(request, path=path))
        let_in = asked.answer.status != 404
        if let_in != (actor in PROTECTED[row]):
            wrong.append(f"{actor}: {asked.answer.status} {asked.text[:100]}")
        sees = row == OPENED and actor == "principal"  # who has broken the glass
        if any(secret in asked.text for secret in SECRETS) != sees:
            wrong.append(f"{actor} sees where the protected pupil is")
        undo.undo()
    assert wrong == [], "\n".join(wrong)


# Ids mixed: every one exists, and not all belong to what the caller may touch


def denied(asked: Asked) -> bool:
    problem = asked.answer.body.get("type") == "urn:skolkit:problem:not-found"
    return asked.answer.status == 404 and problem and not asked.wrote


@pytest.mark.usefixtures("clean")
def test_another_childs_notice_is_not_found_under_ones_own_child(schools: Schools) -> None:
    child, guardian = schools.people["classmate"], "classmate's guardian"
    for row in (
        "attendance.cancel_occasion", "attendance.change_absence", "attendance.change_series",
        "attendance.prolong_absence", "attendance.tell_back", "attendance.withdraw_absence",
        "attendance.withdraw_series",
    ):  # fmt: skip
        request = REQUESTS[row](schools)
        own = {name: new_id() for name in request.path} | {"pupil": child}
        mixed = replace(request, path=dict(request.path) | {"pupil": child})
        foreign = ask(schools, row, guardian, mixed)
        made_up = ask(schools, row, guardian, replace(request, path=own))
        assert denied(foreign)
        assert foreign.told == made_up.told


@pytest.mark.usefixtures("clean")
def test_a_foreign_pupil_in_the_rows_is_as_one_that_does_not_exist(schools: Schools) -> None:
    roster = list(schools.home.klass.pupil_ids)
    answers = []
    for foreign in (schools.people["far pupil"], schools.people["guardian"], PersonId(new_id())):
        for rows in ([*roster, foreign], [*roster[1:], foreign]):
            asked = ask(
                schools, "attendance.save_lesson", "teacher", attendance(schools.reported, rows, version=2)
            )
            assert (asked.answer.status, asked.wrote) == (422, []), asked.text
            answers.append(asked.text.replace(foreign, "X"))
    assert answers[0::2] == answers[:1] * 3
    assert answers[1::2] == answers[1:2] * 3


@pytest.mark.usefixtures("clean")
def test_another_lesson_with_ones_own_rows_is_not_found(schools: Schools) -> None:
    group = next(g for g in schools.away.population.groups if g.kind == "class")
    lesson = next(x for x in schools.away.lessons if x.group == group.id)
    for rows in (schools.home.klass.pupil_ids, group.pupil_ids):
        for actor in ("teacher", "mentor", "principal", "unit administrator"):
            assert denied(ask(schools, "attendance.save_lesson", actor, attendance(lesson, list(rows))))
            assert denied(ask(schools, "attendance.open_lesson", actor, Ask({"lesson": lesson.id})))


@pytest.mark.usefixtures("clean")
def test_a_cursor_opens_only_the_list_it_was_made_for_and_only_to_its_caller(schools: Schools) -> None:
    pupil, sibling = schools.pupil.id, schools.people["classmate"]
    for n in (1, 2):
        day = [d for d in schools.home.days if d >= today()][-1 - n :][:1]
        for child, guardian in ((pupil, "guardian"), (sibling, "classmate's guardian")):
            for on in day:
                ask(schools, "attendance.report_absence", guardian, absence(child, on))
    page = ask(schools, "attendance.list_absences", "mentor", Ask({"pupil": pupil}, {"limit": 1}))
    cursor = page.answer.body["cursor"]
    assert cursor

    def status(row: str, actor: str, path: Mapping[str, str], sealed: str = cursor) -> int:
        return ask(schools, row, actor, Ask(path, {"limit": 1, "cursor": sealed})).answer.status

    assert status("attendance.list_absences", "mentor", {"pupil": pupil}) == 200
    assert status("attendance.list_absences", "second guardian", {"pupil": pupil}) == 400  # another caller
    assert status("attendance.list_absences", "mentor", {"pupil": sibling}) == 400  # another child
    assert status("messages.list_deliveries", "mentor", {"pupil": pupil}) == 400  # another list
    assert status("organisation.list_units", "mentor", {}) == 400
    forged = cursor[:-2] + ("AA" if cursor[-2:] != "AA" else "BB")
    assert status("attendance.list_absences", "mentor", {"pupil": pupil}, forged) == 400
    assert status("attendance.list_absences", "far guardian", {"pupil": pupil}) == 404


@pytest.mark.usefixtures("clean")
def test_another_units_group_evening_and_pupils_are_not_found(schools: Schools) -> None:
    group, unit = schools.away.klass.id, schools.away.unit
    far = {"pupil": schools.people["far pupil"]}
    staff = ("teacher", "mentor", "principal", "unit administrator")
    member = {"group": group, "person": schools.people["far pupil"]}
    asks = {
        "organisation.read_group": Ask({"group": group}),
        "attendance.mentor_day": Ask({"group": group}),
        "attendance.read_sweep": Ask({"unit": unit}, {"date": schools.day.isoformat()}),
        "attendance.list_absences": Ask(far),
        "attendance.read_pupil_day": Ask(far),
        "timetable.list_pupil_lessons": Ask(far),
        "messages.list_deliveries": Ask(far),
        "register.read_person": Ask({"person": far["pupil"]}),
        "register.read_contacts": Ask({"person": far["pupil"]}),
        "organisation.remove_member": Ask(member),
        "organisation.put_member": Ask(
            {"group": group, "person": schools.pupil.id}, body={"startDate": today().isoformat()}
        ),
    }
    for row, request in asks.items():
        for actor in staff:
            assert denied(ask(schools, row, actor, request)), (row, actor)


@pytest.mark.usefixtures("clean")
def test_a_units_administrator_places_neither_from_nor_to_another_unit(schools: Schools) -> None:
    request = REQUESTS["register.enrol_pupil"](schools)
    elsewhere_to = replace(request, body=request.body | {"unit": schools.away.unit})
    assert denied(ask(schools, "register.enrol_pupil", "unit administrator", elsewhere_to))
    foreign = replace(request, path={"person": schools.people["far pupil"]})
    there = ask(schools, "register.enrol_pupil", "unit administrator", foreign)
    nowhere = ask(
        schools, "register.enrol_pupil", "unit administrator", replace(request, path={"person": new_id()})
    )
    assert denied(there)
    assert there.told == nowhere.told


@pytest.mark.usefixtures("clean")
def test_putting_somebody_in_ones_own_group_is_no_way_to_another_units_pupil(schools: Schools) -> None:
    group, body = schools.away.klass.id, {"startDate": today().isoformat()}
    for person in (schools.pupil.id, schools.hidden, schools.people["guardian"]):
        put = Ask({"group": group, "person": person}, body=body)
        foreign = ask(schools, "organisation.put_member", "far administrator", put)
        made_up = Ask({"group": group, "person": new_id()}, body=body)
        unknown = ask(schools, "organisation.put_member", "far administrator", made_up)
        assert foreign.wrote == []
        assert foreign.text.replace(person, "X") == unknown.text.replace(made_up.path["person"], "X")
        seen = ask(schools, "organisation.read_group", "far administrator", Ask({"group": group}))
        assert CANARY["familyName"] not in seen.text


@pytest.mark.usefixtures("clean")
def test_whoever_comes_of_age_decides_alone(schools: Schools, tables: Cloud) -> None:
    """Föräldrabalken 9:1: at 18 custody ends, and with it the guardians' rights."""
    pupil = schools.pupil
    store: Any = importlib.import_module("functions.register.store.people")
    grown = f"{today().year - 19}-01-31"
    with acting_as("register"):
        (key, row) = next(
            (k, r)
            for k, r in stored().items()
            if k[0] == "skolkit-register" and r["sk"]["S"] == "PROFILE" and k[1].endswith(pupil.id)
        )
        tables.client("dynamodb").put_item(TableName=key[0], Item=row | {"birth_date": {"S": grown}})
        assert store.find_card(pupil.id).birth_date.isoformat() == grown
    for row_name in (
        "attendance.report_absence", "attendance.report_absences", "attendance.change_absence",
        "attendance.withdraw_absence", "attendance.start_series", "attendance.change_series",
        "attendance.prolong_absence", "attendance.tell_back",
    ):  # fmt: skip
        assert denied(ask(schools, row_name, "guardian", REQUESTS[row_name](schools)))
    for row_name in ("attendance.list_absences", "register.read_person", "timetable.list_pupil_lessons"):
        assert denied(ask(schools, row_name, "guardian", REQUESTS[row_name](schools)))
        assert ask(schools, row_name, "pupil", REQUESTS[row_name](schools)).answer.status == 200
    own = ask(
        schools, "attendance.withdraw_absence", "pupil", REQUESTS["attendance.withdraw_absence"](schools)
    )
    assert own.answer.status == 204, own.text


def test_malformed_ids_do_not_exist(schools: Schools) -> None:
    for row in ("register.read_person", "attendance.open_lesson", "attendance.read_sweep"):
        name = next(iter(REQUESTS[row](schools).path))
        for bad in ("1", "..", "%2e%2e", "a" * 500, schools.pupil.id.upper(), "'; drop table", "PUPIL#x"):
            assert denied(ask(schools, row, "administrator", Ask({name: bad}))), (row, bad)


def test_every_answer_forbids_keeping_it(schools: Schools) -> None:
    for row, make in REQUESTS.items():
        for actor in ("guardian", "far guardian", "anonymous"):
            if operation(*operation_of(row)).writes:
                continue
            assert ask(schools, row, actor, make(schools)).answer.headers["Cache-Control"] == "no-store", row
