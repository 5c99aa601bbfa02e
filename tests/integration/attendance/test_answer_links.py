"""The link in "still ill?" (process 19, decision 0035): made when the message is sent, answers once, by the
form alone, until the evening, and tells nothing to who does not have it.
"""

from __future__ import annotations

import os
import re
from datetime import time
from pathlib import Path
from typing import Any

import pytest

from functions.attendance.usecases import absence, illness
from infra.local.cloud import Cloud
from infra.local.population import NewPupil
from skolkit.clock import local
from skolkit.links import answer_token
from tests.integration.attendance.conftest import Morning
from tests.integration.test_attendance_day import at
from tests.support.areas import Answer, audit_rows, call, deliver, outbox, run_schedule
from tests.support.stored import stored
from tests.support.world import drop, person_row

LINK = re.compile(r"https://skola\.example\.org/attendance/v1/answers\?t=([A-Za-z0-9_-]{22})(&l=en)?(?= |$)")


@pytest.fixture
def ill(morning: Morning) -> tuple[Morning, NewPupil]:
    """A pupil reported ill for a day, and the next school day's morning."""
    pupil = morning.world.classmates()[0]
    assert morning.report(pupil, morning.day).status == 201
    morning.wake(morning.next_school_day())
    return morning, pupil


def links(cloud: Cloud) -> list[str]:
    """The secrets of the links that went out, one for each guardian."""
    run_schedule("attendance", "ask_homes")
    for fact in outbox("attendance"):
        if fact["type"] == "attendance.MessageDue.v1":
            assert deliver("messages", "deliver_message", fact) == []
    found = [LINK.search(mail["BodyText"]) for mail in cloud.messages()]
    return [match[1] for match in found if match]


def opened(token: str, language: str = "sv") -> Answer:
    return call("attendance", "open_answer", None, query={"t": token, "l": language})


def sent(token: str, answer: str) -> Answer:
    return call("attendance", "answer_by_link", None, body=f"t={token}&l=sv&answer={answer}")


def answers(morning: Morning, pupil: NewPupil) -> list[tuple[str, str]]:
    listed = morning.ask("list_absences", pupil.guardians[0].guardian_id, pupil=pupil.id).body["data"]
    return [(one["startDate"], one["answer"]) for one in listed]


def test_everybody_has_their_own_link_and_no_fact_or_row_carries_it(
    ill: tuple[Morning, NewPupil], tables: Cloud
) -> None:
    _, pupil = ill
    one, other = links(tables)
    assert one != other
    (due,) = [f["data"] for f in outbox("attendance") if f["type"] == "attendance.MessageDue.v1"]
    tokens = {answer_token(due["id"], pupil.id, home) for home in due["recipients"]}
    assert tokens == {one, other}
    kept = str(stored()) + str(outbox("attendance")) + str(outbox("messages"))
    assert one not in kept
    assert other not in kept


def test_looking_answers_nothing_and_names_nobody(ill: tuple[Morning, NewPupil], tables: Cloud) -> None:
    morning, pupil = ill
    token = links(tables)[0]
    before = stored()
    for language, asks in (("sv", "Ja, sjuk i dag"), ("en", "Yes, ill today")):
        page = opened(token, language)
        assert (page.status, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
        assert asks in page.body
        assert f'<html lang="{language}">' in page.body
        assert page.headers["cache-control"] == "no-store"
        assert page.headers["referrer-policy"] == "no-referrer"
        assert page.headers["content-security-policy"].startswith("default-src 'none'; style-src 'sha256-")
        assert not [name for name in (pupil.given_name, pupil.family_name, pupil.id) if name in page.body]
        if folder := os.environ.get("SHOW"):
            Path(folder, f"answer-{language}.html").write_text(page.body)
    assert stored() == before
    assert len(answers(morning, pupil)) == 1


@pytest.mark.parametrize(("answer", "said"), [("ill", "Sjukanmälan gäller"), ("back", "väntar eleven")])
def test_the_form_answers_once(ill: tuple[Morning, NewPupil], tables: Cloud, answer: str, said: str) -> None:
    morning, pupil = ill
    one, other = links(tables)
    assert said in sent(one, answer).body
    wanted = [(morning.day.isoformat(), "")] if answer == "ill" else []
    got = answers(morning, pupil)
    assert got[: len(wanted)] == wanted
    assert got[-1][1] == ("prolonged" if answer == "ill" else "back")
    before = stored()
    for token in (one, other):
        for again in ("ill", "back"):
            assert "redan besvarad" in sent(token, again).body
        assert "redan besvarad" in opened(token).body
    assert stored() == before
    actions = [row for row in audit_rows(pupil.id) if row["action"].endswith("_by_link")]
    assert len(actions) == 1
    assert actions[0]["actor"] in {home.guardian_id for home in pupil.guardians}


def test_two_answers_at_the_same_moment_are_one(
    ill: tuple[Morning, NewPupil], tables: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    morning, pupil = ill
    one, other = links(tables)
    seen, late = absence.standing, iter([True])

    def standing(*about: Any) -> Any:
        if next(late, False):  # the other guardian answers when this one has been looked at
            assert "väntar eleven" in sent(other, "back").body
        return seen(*about)

    monkeypatch.setattr(illness, "standing", standing)
    assert "redan besvarad" in sent(one, "ill").body
    assert [answer for _, answer in answers(morning, pupil)] == ["back"]


def test_a_link_ends_in_the_evening_and_one_that_is_made_up_is_the_same(
    ill: tuple[Morning, NewPupil], tables: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    morning, pupil = ill
    token = links(tables)[0]
    made_up = opened("x" * 22)
    assert made_up.status == 200
    assert "gäller inte längre" in made_up.body
    at(monkeypatch, local(morning.day, time(18)))
    before = stored()
    assert (opened(token).body, sent(token, "ill").body) == (made_up.body, made_up.body)
    assert stored() == before
    assert len(answers(morning, pupil)) == 1


def test_whoever_is_no_guardian_any_more_answers_nothing(
    ill: tuple[Morning, NewPupil], tables: Cloud
) -> None:
    _, pupil = ill
    run_schedule("attendance", "ask_homes")
    (due,) = [f["data"] for f in outbox("attendance") if f["type"] == "attendance.MessageDue.v1"]
    gone = pupil.guardians[0].guardian_id
    row: dict[str, Any] = person_row(pupil)
    row["responsibles"] = [{"person": pupil.guardians[1].guardian_id, "relationType": "Vårdnadshavare"}]
    assert drop(tables, "register/persons/custody.jsonl", [row])["failed"] == 0
    before = stored()
    assert "gäller inte längre" in sent(answer_token(due["id"], pupil.id, gone), "ill").body
    assert stored() == before


@pytest.mark.parametrize(
    "body", ["", "t=kort&answer=ill", f"t={'x' * 22}&answer=maybe", "%ff", "[]", "a=1&" * 600]
)
def test_what_is_no_form_is_refused(body: str) -> None:
    assert call("attendance", "answer_by_link", None, body=body).status == 422
