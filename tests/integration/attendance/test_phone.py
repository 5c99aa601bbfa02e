"""Absence by telephone: who gets through with a code, what is said, how guessing ends (process 19)."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from typing import Any

import pytest

from functions.attendance.domain.phone import RULES, SAID, Outcome
from infra.local.cloud import Cloud
from infra.local.population import NewPupil
from skolkit.clock import local
from skolkit.types import PersonId, new_id
from tests.integration.attendance.conftest import Morning, is_school_day
from tests.integration.test_attendance_day import at
from tests.support.areas import Answer, audit_rows, call, deliver, outbox
from tests.support.asks import TELEPHONY
from tests.support.at_school import proven
from tests.support.stored import stored
from tests.support.world import drop, person_row

NUMBER, PIN = "070-174 06 05", "4711"
CODE = re.compile(r"\b\d{6}\b")


def choose(who: PersonId, pin: str = PIN, number: str = NUMBER, version: int = 0) -> Answer:
    """Choose a code and prove the number."""
    return proven(who, number, pin, version)


def ring(
    pin: str = PIN, *, number: str = NUMBER, key: str | None = None, kind: str = "today", **more: Any
) -> Answer:
    """The provider hands on a call."""
    return call(
        "attendance", "report_by_phone", None, scopes=TELEPHONY,
        body={"callerNumber": number, "pin": pin, "kind": kind, **more},
        headers={"idempotency-key": key or new_id()},
    )  # fmt: skip


def outcome(answer: Answer) -> str:
    assert answer.status == 200, answer.body
    return str(answer.body["outcome"])


def only_child(morning: Morning) -> tuple[NewPupil, PersonId]:
    """A pupil and a guardian who has no other."""
    pupils = morning.world.population.pupils
    for pupil in morning.world.classmates():
        for guardian in (g.guardian_id for g in pupil.guardians):
            if sum(guardian in {g.guardian_id for g in p.guardians} for p in pupils) == 1:
                return pupil, guardian
    raise LookupError


def which(pupil: NewPupil) -> dict[str, str]:
    return {"childBirthDate": pupil.birth_date.strftime("%m%d")}


def notices(morning: Morning, pupil: NewPupil) -> list[dict[str, Any]]:
    mentor = morning.world.klass.mentor_ids[0]
    data: list[dict[str, Any]] = morning.ask("list_absences", mentor, pupil=pupil.id).body["data"]
    return data


def test_a_call_reports_the_child_once(morning: Morning) -> None:
    pupil, guardian = only_child(morning)
    assert choose(guardian).status == 200
    key = new_id()
    first, again = (ring(key=key, number="+46 70 174 06 05") for _ in range(2))
    assert outcome(first) == outcome(again) == "reported"
    assert again.headers["idempotent-replayed"] == "true"
    (notice,) = notices(morning, pupil)
    assert (notice["byPhone"], notice["reportedAs"], notice["reason"]) == (True, "guardian", "illness")
    assert notice["startDate"] == morning.day.isoformat()
    (row,) = [r for r in audit_rows(pupil.id) if r["action"] == "report_by_phone"]
    assert (row["actor"], row["changes"]) == (guardian, f"{notice['id']} phone")
    assert pupil.given_name not in json.dumps(first.body, ensure_ascii=False)
    assert outcome(ring()) == "alreadyReported"
    assert len(notices(morning, pupil)) == 1
    told = [f for f in outbox("attendance") if f["type"] == "attendance.AbsenceNotified.v1"]
    assert len(told) == 1


def test_tomorrow_and_the_reason_can_be_said(morning: Morning) -> None:
    pupil, guardian = only_child(morning)
    choose(guardian)
    tomorrow = morning.day + timedelta(days=1)
    answer = ring(kind="tomorrow", reason="dentalVisit", **which(pupil))
    assert outcome(answer) == ("reported" if is_school_day(tomorrow) else "noSchool")
    friday = next(d for n in range(7) if (d := morning.day + timedelta(days=n)).weekday() == 4)
    morning.wake(friday)
    assert outcome(ring(kind="tomorrow")) == "noSchool"


def test_a_guardian_with_several_says_which(morning: Morning, tables: Cloud) -> None:
    one, other = morning.world.classmates()[:2]
    guardian = one.guardians[0].guardian_id
    homes = [{"person": g.guardian_id, "relationType": g.relation} for g in other.guardians]
    row = person_row(other) | {
        "responsibles": [*homes, {"person": guardian, "relationType": "Vårdnadshavare"}]
    }
    assert drop(tables, "register/persons/sibling.jsonl", [row])["failed"] == 0
    choose(guardian)
    assert outcome(ring()) == "chooseChild"
    assert outcome(ring(childBirthDate="0000")) == "chooseChild"
    assert outcome(ring(childIndex=19)) == "chooseChild"
    assert notices(morning, one) == notices(morning, other) == []
    children = [p for p in morning.world.population.pupils if p.id in {one.id, other.id}] + [
        p
        for p in morning.world.population.pupils
        if p.id not in {one.id, other.id} and guardian in {g.guardian_id for g in p.guardians}
    ]
    eldest = sorted(children, key=lambda p: (p.birth_date, p.id))
    assert outcome(ring(childIndex=eldest.index(other) + 1)) == "reported"
    assert len(notices(morning, other)) == 1
    assert notices(morning, one) == []


def test_a_wrong_code_and_an_unknown_number_are_answered_alike(morning: Morning) -> None:
    _, guardian = only_child(morning)
    choose(guardian)
    wrong, unknown, nonsense = ring("9071"), ring(number="070-000 00 00"), ring(number="112233")
    assert outcome(wrong) == "refused"
    assert wrong.body == unknown.body == nonsense.body
    assert wrong.headers == unknown.headers


def test_five_wrong_codes_lock_the_number_for_an_hour(
    morning: Morning, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a number that somebody has and of one that nobody has; a repeat of the same call is one try."""
    pupil, guardian = only_child(morning)
    choose(guardian)
    for number in (NUMBER, "070-000 00 00"):
        key = new_id()
        tries = [ring("9071", number=number, key=key), ring("9071", number=number, key=key)]
        tries += [ring(f"907{n}", number=number) for n in range(2, 6)]
        assert {outcome(one) for one in tries} == {"refused"}
        locked = ring(number=number)  # the right code is no help now
        assert (outcome(locked), locked.body["text"]) == (
            "locked", f"{SAID[Outcome.LOCKED].sv} {SAID[Outcome.LOCKED].en}"
        )  # fmt: skip
    assert notices(morning, pupil) == []
    from datetime import time

    at(monkeypatch, local(morning.day, time(7, 29)))
    assert outcome(ring()) == "locked"
    at(monkeypatch, local(morning.day, time(7, 31)))
    assert outcome(ring()) == "reported"


def test_a_right_code_is_no_try_and_forgives_none(morning: Morning) -> None:
    """Whoever shares a number cannot guess another's code between calls of their own."""
    _, guardian = only_child(morning)
    choose(guardian)
    assert [outcome(ring("9071")) for _ in range(4)] == ["refused"] * 4
    for _ in range(3):
        assert outcome(ring()) in ("reported", "alreadyReported")
    assert outcome(ring("9071")) == "refused"
    assert outcome(ring()) == "locked"


def test_a_provider_that_guesses_everywhere_is_stopped(
    morning: Morning, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    from functions.attendance.usecases import phone

    monkeypatch.setattr(phone, "RULES", replace(RULES, provider_tries=3))
    _, guardian = only_child(morning)
    choose(guardian)
    assert [outcome(ring(number=f"070-000 00 0{n}")) for n in range(3)] == ["refused"] * 3
    assert outcome(ring()) == "locked"


def test_a_family_shares_a_telephone(morning: Morning) -> None:
    """The code says who it is; a fifth of a number is the last, and somebody's new number is theirs alone."""
    pupil = morning.world.classmates()[0]
    one, other = (g.guardian_id for g in pupil.guardians)
    choose(one)
    choose(other, "9072")
    assert outcome(ring("9072", **which(pupil))) == "reported"
    (row,) = [r for r in audit_rows(pupil.id) if r["action"] == "report_by_phone"]
    assert row["actor"] == other
    staff = [s.id for s in morning.world.population.staff][: RULES.guardians - 2]
    assert {choose(id).status for id in staff} == {200}
    crowded = choose(morning.world.klass.mentor_ids[0])
    if morning.world.klass.mentor_ids[0] not in staff:
        assert (crowded.status, crowded.body["type"]) == (409, "urn:skolkit:problem:number-full")
    moved = choose(other, "9072", "08-465 00 04", version=1)
    assert (moved.status, moved.body["version"]) == (200, 2)
    assert outcome(ring("9072")) == "refused"
    assert outcome(ring("9072", number="08-465 00 04", **which(pupil))) == "alreadyReported"


def test_a_code_is_never_read_again_and_can_be_removed(morning: Morning) -> None:
    _, guardian = only_child(morning)
    assert morning.ask("read_phone_pin", guardian).body == {
        "isSet": False, "awaitsProof": False, "changed": None, "version": 0
    }  # fmt: skip
    assert choose(guardian).status == 200
    assert choose(guardian).status == 412
    seen = morning.ask("read_phone_pin", guardian)
    assert (seen.body["isSet"], seen.body["version"]) == (True, 1)
    assert outcome(ring(key="call-0001:1")) in ("reported", "chooseChild")
    mine = [row for (table, *_), row in stored().items() if table == "skolkit-attendance"]
    rows = json.dumps(mine, default=str)
    for secret in (f'"{PIN}"', "701740605", "174 06 05"):
        assert secret not in rows
    assert morning.ask("remove_phone_pin", guardian, version=7).status == 412
    assert morning.ask("remove_phone_pin", guardian, version=1).status == 204
    assert morning.ask("remove_phone_pin", guardian, version=1).status == 404
    assert outcome(ring()) == "refused"
    assert not [row for row in stored().values() if row["kind"]["S"] in ("phone", "phone_pin")]
    assert choose(guardian).status == 200
    assert {row["action"] for row in audit_rows(guardian)} >= {"choose_phone_pin", "remove_phone_pin"}


def test_a_kept_call_does_not_let_its_code_be_guessed(morning: Morning) -> None:
    """What is kept to know a repeat by is keyed: a plain hash of number and code could be tried through."""
    import hashlib

    _, guardian = only_child(morning)
    choose(guardian)
    body = {"callerNumber": NUMBER, "pin": PIN, "kind": "today"}
    ring()
    plain = hashlib.sha256(b"{}" + json.dumps(body).encode()).hexdigest()
    kept = [row["digest"]["S"] for row in stored().values() if "digest" in row]
    assert kept
    assert plain not in kept


@pytest.mark.parametrize("hidden", ["child", "guardian"])
def test_nothing_is_said_about_the_protected(morning: Morning, tables: Cloud, hidden: str) -> None:
    pupil, guardian = only_child(morning)
    choose(guardian)
    adult = next(g for g in morning.world.population.guardians if g.id == guardian)
    row = person_row(pupil if hidden == "child" else adult) | {"securityMarking": "Sekretessmarkering"}
    assert drop(tables, "register/persons/hidden.jsonl", [row])["failed"] == 0
    answer = ring()
    assert outcome(answer) == "callOffice"
    assert notices(morning, pupil) == []


def test_whoever_is_of_age_calls_alone(morning: Morning, tables: Cloud) -> None:
    pupil, guardian = only_child(morning)
    choose(guardian)
    row = person_row(pupil) | {"birthDate": date(morning.day.year - 18, 1, 1).isoformat()}
    row.pop("civicNo", None)
    assert drop(tables, "register/persons/grown.jsonl", [row])["failed"] == 0
    assert outcome(ring()) == "callOffice"
    choose(pupil.id, "9072", "070-174 06 06")
    assert outcome(ring("9072", number="070-174 06 06")) == "reported"
    (notice,) = notices(morning, pupil)
    assert (notice["reportedAs"], notice["byPhone"]) == ("pupil", True)


def test_the_language_is_the_guardians(morning: Morning, tables: Cloud) -> None:
    _, guardian = only_child(morning)
    choose(guardian)
    adult = next(g for g in morning.world.population.guardians if g.id == guardian)
    row = person_row(adult) | {"language": "en"}
    drop(tables, "register/persons/english.jsonl", [row])
    answer = ring()
    assert (answer.body["language"], answer.body["text"]) == ("en", SAID[Outcome.REPORTED].en)


def test_only_the_providers_own_client_gets_in(morning: Morning) -> None:
    _, guardian = only_child(morning)
    choose(guardian)
    body = {"callerNumber": NUMBER, "pin": PIN, "kind": "today"}
    key = {"idempotency-key": new_id()}
    for person, scopes, status in (
        (guardian, "skolkit/school", 401), (None, "skolkit/ss12000.read", 401), (guardian, TELEPHONY, 404),
    ):  # fmt: skip
        refused = call("attendance", "report_by_phone", person, body=body, headers=key, scopes=scopes)
        assert refused.status == status, refused.body
    for name in ("read_phone_pin", "my_lessons"):
        assert call("attendance", name, None, scopes=TELEPHONY).status == 401
    assert outcome(ring()) in ("reported", "chooseChild")


def test_no_number_and_no_code_is_logged(
    morning: Morning, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """Of a call that gets through, is refused, is locked, or is not understood, and of choosing a code."""
    _, guardian = only_child(morning)
    capsys.readouterr()
    choose(guardian, "47110815")
    choose(guardian, "12345678", version=1)
    for pin in ("47110815", "90710815", "90710", "907108151515"):
        ring(pin)
    for n in range(5):
        ring(f"9071081{n}")
    ring("47110815", number="070-17")
    records = [repr(vars(record)) for record in caplog.records]
    told = "\n".join([*capsys.readouterr(), *records])
    assert "report_by_phone" in told
    assert "choose_phone_pin" in told
    for secret in ("47110815", "90710815", "9071081", "12345678", "701740605", "174 06 05", "070-17"):
        assert secret not in told


def ask_for_code(who: PersonId, number: str = NUMBER, version: int = 0) -> Answer:
    return call(
        "attendance", "choose_phone_pin", who, body={"number": number, "pin": PIN},
        headers={"if-match": f'"{version}"'},
    )  # fmt: skip


def prove(who: PersonId, code: str) -> Answer:
    return call(
        "attendance", "prove_phone_number", who, body={"code": code}, headers={"idempotency-key": new_id()}
    )


def texted(tables: Cloud, who: PersonId) -> list[tuple[str, str]]:
    """The numbers and codes that text messages to somebody have."""
    before = len(tables.text_messages())
    for fact in sorted(outbox("attendance"), key=lambda fact: str(fact["data"].get("id"))):
        if fact["data"].get("template") == "phone_code" and fact["data"]["recipients"] == [who]:
            assert deliver("messages", "deliver_message", fact) == []
    sent = tables.text_messages()[before:]
    return [(text["PhoneNumber"], found[0]) for text in sent if (found := CODE.search(text["Message"]))]


def registered(morning: Morning, who: PersonId) -> str:
    return str(next(g.phone for g in morning.world.population.guardians if g.id == who))


def test_a_number_counts_when_what_is_sent_to_it_has_been_said(morning: Morning, tables: Cloud) -> None:
    _, guardian = only_child(morning)
    number = registered(morning, guardian)
    asked = ask_for_code(guardian, number)
    assert (asked.status, asked.body["isSet"], asked.body["awaitsProof"]) == (200, False, True)
    ((to, code),) = texted(tables, guardian)
    assert to == number
    assert outcome(ring(number=number)) == "refused"
    assert code not in str(stored())
    assert code not in str(outbox("attendance"))
    first = prove(guardian, code)
    assert (first.status, first.body["isSet"], first.body["awaitsProof"]) == (200, True, False), first.body
    assert outcome(ring(number=number)) == "reported"
    assert prove(guardian, code).status == 409  # used


def test_somebody_elses_number_is_never_proved(morning: Morning, tables: Cloud) -> None:
    """What is sent goes to the number in the register, and proves no other."""
    _, guardian = only_child(morning)
    ask_for_code(guardian, NUMBER)
    ((to, code),) = texted(tables, guardian)
    assert to == registered(morning, guardian) != NUMBER
    assert (prove(guardian, code).status, outcome(ring())) == (409, "refused")


def test_a_proof_is_tried_five_times_and_for_half_an_hour(
    morning: Morning, tables: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    from datetime import time

    _, guardian = only_child(morning)
    ask_for_code(guardian, registered(morning, guardian))
    ((_, code),) = texted(tables, guardian)
    wrong = "000000" if code != "000000" else "000001"
    assert {prove(guardian, wrong).status for _ in range(RULES.tries)} == {409}
    assert prove(guardian, code).status == 409
    assert {ask_for_code(guardian).status for _ in range(RULES.proofs - 1)} == {200}
    assert ask_for_code(guardian).status == 429
    at(monkeypatch, local(morning.day, time(7, 31)))
    ask_for_code(guardian, registered(morning, guardian))
    (*_, (_, code)) = texted(tables, guardian)
    at(monkeypatch, local(morning.day, time(8, 2)))
    assert prove(guardian, code).status == 409
    assert not morning.ask("read_phone_pin", guardian).body["awaitsProof"]
