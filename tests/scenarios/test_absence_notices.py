"""A guardian with two children reports both at once, physiotherapy every week, and one by telephone; the
morning after an illness the home is asked and answers with one tap (process 19).
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import httpx
import pytest

from functions.attendance.domain.answer_page import in_time
from infra.local.population import NewPupil
from skolkit.clock import now, today
from skolkit.sweden.calendar import SchoolYear, default_calendar
from skolkit.types import PersonId, new_id
from tests.support.deployed import Deployed, eventually
from tests.support.scenes import little_school, open_lesson, refused, take
from tests.support.world import person_row

PROCESSES = (19,)
PIN = "4711"
CODE = re.compile(r"(?:kod är|code is) (\d{6})")
LINK = re.compile(r"https://\S+/attendance/v1/answers\?t=([\w-]{22})")


@pytest.fixture
def own(school: Deployed) -> Deployed:
    return little_school(school, "99990207")


def family(own: Deployed) -> tuple[PersonId, NewPupil, NewPupil]:
    """A guardian of two classmates."""
    one, other = own.world.classmates()[:2]
    guardian = one.guardians[0].guardian_id
    homes = [{"person": g.guardian_id, "relationType": g.relation} for g in other.guardians]
    if guardian not in {g.guardian_id for g in other.guardians}:
        homes.append({"person": guardian, "relationType": "Vårdnadshavare"})
    row = person_row(other) | {"responsibles": homes}
    del row["civicNo"]
    assert take(own.cloud, "register/persons", [row])["failed"] == 0
    return guardian, one, other


def is_school_day(day: date) -> bool:
    return default_calendar(SchoolYear.of(day)).is_school_day(day)


def whole(day: date) -> dict[str, str]:
    return {"startDate": day.isoformat(), "endDate": day.isoformat(), "reason": "illness"}


def texted(own: Deployed, number: str) -> str:
    """The code that was sent to a number."""
    found = [CODE.search(t["Message"]) for t in own.cloud.text_messages() if t["PhoneNumber"] == number]
    return next((match[1] for match in found if match), "")


def keyed() -> dict[str, str]:
    return {"idempotency-key": new_id()}


def telephony(own: Deployed) -> str:
    """The telephony provider's own token, by client credentials."""
    cognito = own.cloud.client("cognito-idp")
    pool = next(
        p["Id"] for p in cognito.list_user_pools(MaxResults=60)["UserPools"] if p["Name"] == "skolkit"
    )
    listed = cognito.list_user_pool_clients(UserPoolId=pool, MaxResults=60)["UserPoolClients"]
    id = next(client["ClientId"] for client in listed if client["ClientName"] == "telephony")
    client = cognito.describe_user_pool_client(UserPoolId=pool, ClientId=id)["UserPoolClient"]
    reply = httpx.post(
        f"{own.cloud.endpoint}/oauth2/token",
        data={"grant_type": "client_credentials", "scope": "skolkit/telephony"},
        auth=(id, client["ClientSecret"]),
    )
    assert reply.status_code == 200, reply.text
    return str(reply.json()["access_token"])


def notices(own: Deployed, guardian: PersonId, pupil: NewPupil) -> list[dict[str, Any]]:
    listed = own.call("attendance", "list_absences", guardian, path={"pupil": pupil.id})
    data: list[dict[str, Any]] = listed.body["data"]
    return data


def test_two_children_at_once_a_series_and_a_call(own: Deployed) -> None:
    guardian, one, other = family(own)
    lessons = [x for x in own.world.of_class() if today(x.start) > today()]
    day = today(lessons[-1].start)
    both = {"notices": [{"pupil": pupil.id, **whole(day)} for pupil in (one, other)]}
    sent = own.call("attendance", "report_absences", guardian, body=both, headers=keyed())
    assert sent.status == 201, sent.body
    assert [len(notices(own, guardian, pupil)) for pupil in (one, other)] == [1, 1]
    stranger = next(
        p for p in own.world.classmates()[2:] if guardian not in {g.guardian_id for g in p.guardians}
    )
    mixed = {"notices": [{"pupil": p.id, **whole(day + timedelta(days=7))} for p in (one, stranger)]}
    foreign = own.call("attendance", "report_absences", guardian, body=mixed, headers=keyed())
    refused(foreign, 404, "not-found")
    assert len(notices(own, guardian, one)) == 1

    lesson = next(x for x in reversed(lessons) if today(x.start) != day)
    first = today(lesson.start)
    weekly = {
        "startDate": first.isoformat(), "endDate": min(first + timedelta(weeks=8), SchoolYear.of(first).end)
        .isoformat(), "startTime": "00:00", "endTime": "23:59", "reason": "medicalVisit",
    }  # fmt: skip
    path = {"pupil": one.id}
    made = own.call("attendance", "start_series", guardian, path=path, body=weekly, headers=keyed())
    assert made.status == 201, made.body
    assert {date.fromisoformat(o["date"]).weekday() for o in made.body["occasions"]} == {first.weekday()}
    row = next(row for row in open_lesson(own, lesson).body["rows"] if row["pupil"] == one.id)
    assert (row["absenceReason"], row["attendanceMinutes"]) == ("medicalVisit", 0)
    occasion = {"series": made.body["id"], "occasion": made.body["occasions"][0]["id"], **path}
    gone = own.call("attendance", "cancel_occasion", guardian, path=occasion, headers={"if-match": '"1"'})
    assert gone.status == 204, gone.body
    row = next(row for row in open_lesson(own, lesson).body["rows"] if row["pupil"] == one.id)
    assert row["attendanceMinutes"] > 0

    number = next(str(g.phone) for g in own.world.population.guardians if g.id == guardian)
    code = {"number": number, "pin": PIN}
    chosen = own.call("attendance", "choose_phone_pin", guardian, body=code, headers={"if-match": '"0"'})
    assert chosen.status == 200, chosen.body
    proof = eventually(lambda: texted(own, number))
    proved = own.call("attendance", "prove_phone_number", guardian, body={"code": proof}, headers=keyed())
    assert (proved.status, proved.body["isSet"]) == (200, True), proved.body
    token = telephony(own)

    def ring(pin: str, kind: str) -> dict[str, Any]:
        call = {
            "callerNumber": number, "pin": pin, "kind": kind,
            "childBirthDate": other.birth_date.strftime("%Y%m%d"),
        }  # fmt: skip
        answer = own.call("attendance", "report_by_phone", None, body=call, headers=keyed(), token=token)
        assert answer.status == 200, answer.body
        body: dict[str, Any] = answer.body
        return body

    assert ring("9071", "today")["outcome"] == "refused"
    said = {kind: ring(PIN, kind) for kind in ("today", "tomorrow")}
    phoned = [n["startDate"] for n in notices(own, guardian, other) if n["byPhone"]]
    days = {"today": today(), "tomorrow": today() + timedelta(days=1)}
    for kind, on in days.items():
        expected = "alreadyReported" if on == day else "reported" if is_school_day(on) else "noSchool"
        assert said[kind]["outcome"] == expected, said
        assert (on.isoformat() in phoned) == (expected == "reported")
        assert one.given_name not in said[kind]["text"]
    for as_whom in (None, guardian):
        nobody = own.call(
            "attendance", "report_by_phone", as_whom, headers=keyed(),
            body={"callerNumber": number, "pin": PIN, "kind": "today"},
        )  # fmt: skip
        assert nobody.status in (401, 403)


def test_the_morning_after_the_home_is_asked_and_answers_with_a_tap(own: Deployed) -> None:
    """The clock of a running product cannot be moved, so the office has reported what the last school day
    was.
    """
    pupil, office = own.world.classmates()[4], own.world.staff("administrator")
    before = next(d for n in range(1, 30) if is_school_day(d := today() - timedelta(days=n)))
    ill = own.call(
        "attendance", "report_absence", office, path={"pupil": pupil.id}, body=whole(before), headers=keyed()
    )
    assert (ill.status, ill.body["reportedAs"]) == (201, "administrator"), ill.body
    homes = {g.id: g.email for g in own.world.population.guardians}
    addresses = {homes[g.guardian_id] for g in pupil.guardians}

    def mails() -> list[dict[str, Any]]:
        return [
            mail for mail in own.cloud.messages()
            if addresses & set(mail["To"]) and mail["Subject"] in ("Fortfarande sjuk?", "Still ill?")
        ]  # fmt: skip

    for _ in range(2):
        own.invoke("attendance", "ask_homes")
    if not is_school_day(today()) or (today() - before).days > 7:
        assert mails() == []
        return
    eventually(lambda: len(mails()) == len(addresses))
    assert all(pupil.given_name in mail["BodyText"] for mail in mails())
    guardian, key = pupil.guardians[0].guardian_id, keyed()
    path = {"pupil": pupil.id, "notice": ill.body["id"]}
    for _ in range(2):
        tap = own.call("attendance", "prolong_absence", guardian, path=path, body={}, headers=key)
        assert (tap.status, tap.body["endDate"]) == (201, today().isoformat()), tap.body
    assert len(notices(own, guardian, pupil)) == 2
    links = [match for mail in mails() if (match := LINK.search(mail["BodyText"]))]
    assert len(links) == len(addresses)
    for match in links:  # the question has been answered in the app; in the evening the links have ended
        said = "answered already" if in_time(today(), now()) else "no longer valid"
        page = own.call("attendance", "open_answer", None, query={"t": match[1], "l": "en"})
        assert (page.status, said in page.body) == (200, True), page.body
        sent = own.call("attendance", "answer_by_link", None, body=f"t={match[1]}&l=en&answer=back")
        assert (sent.status, "answered already" in sent.body or "no longer" in sent.body) == (200, True)
    own.invoke("attendance", "ask_homes")
    late = own.call("attendance", "tell_back", pupil.guardians[1].guardian_id, path=path, headers=keyed())
    refused(late, 409, "not-ended")
    assert len(mails()) == len(addresses)
