"""Individual development plans in-process (process 30): written on published assessments, given to the home
in versions with receipts, followed up, written as PDF that names nobody who is protected.
"""

from __future__ import annotations

import hashlib
import os
import sys
import urllib.request
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

import pytest

from functions.assessment.store import iup as store
from infra import layers
from skolkit.clock import local, today
from skolkit.table import Remove, commit
from skolkit.types import PersonId
from tests.integration.test_attendance_day import at
from tests.support.areas import Answer, acting_as, call, deliver, outbox, run_schedule
from tests.support.assessing import (
    YEAR,
    code,
    envelopes,
    facts,
    get,
    homes,
    judge,
    opened,
    plan_body,
    post,
    published,
    put,
)
from tests.support.world import World


@pytest.fixture(scope="module", autouse=True)
def _typst() -> Iterator[None]:
    """The layer that the writing function has."""
    packages = str(layers.build_heavy(layers.LOCAL, "documents"))
    sys.path.insert(0, packages)
    yield
    sys.path.remove(packages)


def morning(days: int) -> datetime:
    return local(today() + timedelta(days=days), time(7))


def save(pupil: str, by: str, version: int = 0, **more: Any) -> Answer:
    return put("save_iup", by, version, plan_body(**more), pupil=pupil, year=YEAR)


def publish(pupil: str, by: str) -> Answer:
    return post("publish_iup", by, pupil=pupil, year=YEAR)


def read(pupil: str, by: str) -> Answer:
    return get("read_iup", by, pupil=pupil, year=YEAR)


def link(pupil: str, by: str) -> Answer:
    return call("assessment", "link_iup", by, path={"pupil": pupil, "year": YEAR})


def write() -> None:
    for _ in range(2):
        assert deliver("assessment", "write_iup_paper", *envelopes("IupPaperAsked")) == []


def fetched(url: str) -> bytes:
    with urllib.request.urlopen(url) as reply:
        content: bytes = reply.read()
    return content


def protect(world: World, person: str) -> dict[str, Any]:
    body = {"securityMarking": "Sekretessmarkering", "basis": "populationRegister"}
    answer = call(
        "register", "protect_person", world.staff("administrator"), path={"person": person}, body=body,
        headers={"if-match": '"1"'},
    )  # fmt: skip
    assert answer.status == 200, answer.body
    return [f for f in outbox("register") if f["type"] == "register.PersonProtected.v1"][-1]


def test_a_plan_that_is_not_whole_says_what_is_missing(world: World) -> None:
    (pupil, one, _), mentor = homes(world), world.klass.mentor_ids[0]
    assert save(pupil, mentor, goals=[], steps=[], agreed=None, followUp=None).status == 200
    refused = publish(pupil, mentor)
    assert code(refused) == (409, "plan-not-whole")
    assert [f["field"] for f in refused.body["errors"]] == [
        "judgements",
        "goals",
        "steps",
        "agreed",
        "followUp",
    ]
    assert code(read(pupil, one)) == (404, "not-found")
    round = opened(world)["id"]  # assessed, but not published
    assert judge(round, pupil, mentor).status == 200
    assert save(pupil, mentor, version=1).status == 200
    assert [f["field"] for f in publish(pupil, mentor).body["errors"]] == ["judgements"]
    assert facts("IupPublished") == []
    assert code(save(pupil, mentor)) == (412, "changed-meanwhile")
    assert code(save(pupil, world.staff("principal"), version=2)) == (404, "not-found")
    assert code(put("save_iup", mentor, 0, plan_body(), pupil=pupil, year="2019")) == (422, "not-of-the-year")
    assert code(put("save_iup", mentor, 0, plan_body(), pupil=pupil, year="next")) == (404, "not-found")


def test_the_principal_sees_whose_home_has_been_given_no_plan(world: World) -> None:
    (pupil, guardian, _), mentor = homes(world), world.klass.mentor_ids[0]
    head, unit = world.staff("principal"), {"unit": world.unit}

    def missing() -> set[str]:
        page = get("list_pupils_without_plan", head, {"limit": 100}, **unit)
        assert (page.status, page.body["cursor"]) == (200, None), page.body
        return {row["pupil"] for row in page.body["data"]}

    fifth = {p.id for p in world.population.pupils if p.year == 5}
    assert missing() == fifth  # in year 6 grades are set
    published(world, pupil)
    assert save(pupil, mentor).status == 200
    assert missing() == fifth  # written, not given
    assert publish(pupil, mentor).status == 200
    assert missing() == fifth - {pupil}
    mate = homes(world, 1)[0]
    merged = call(
        "register", "merge_persons", world.staff("administrator"), path={"person": mate},
        body={"duplicate": pupil}, headers={"idempotency-key": "two-are-one-person"},
    )  # fmt: skip
    assert merged.status == 201, merged.body
    assert missing() == fifth - {pupil, mate}
    for who in (mentor, guardian, world.staff("administrator")):
        assert code(get("list_pupils_without_plan", who, **unit)) == (404, "not-found")


def test_where_grades_are_set_there_is_no_plan(world: World) -> None:
    group = next(
        g for g in world.population.groups
        if g.kind == "class"
        and any(p.year == 6 and p.class_id == g.id and p.protection is None for p in world.population.pupils)
    )  # fmt: skip
    sixth = next(p for p in world.population.pupils if p.class_id == group.id)
    assert code(save(sixth.id, group.mentor_ids[0])) == (422, "no-plan-there")


def test_a_plan_is_given_to_the_home_in_versions_with_receipts_and_as_pdf(world: World) -> None:
    (pupil, one, other), mentor = homes(world), world.klass.mentor_ids[0]
    round = published(world, pupil)
    text = "Läsa #let x = 1 *fet* <script> 😀 \uf0b7"
    assert save(pupil, mentor, goals=[{"text": text, "subject": "SV"}]).status == 200
    done = publish(pupil, mentor)
    assert (done.status, done.body["published"]) == (200, 1), done.body
    assert code(publish(pupil, mentor)) == (409, "nothing-new")
    assert code(link(pupil, one)) == (409, "paper-not-ready")
    write()
    got = link(pupil, one)
    content = fetched(got.body["url"])
    assert hashlib.sha256(content).hexdigest() == got.body["sha256"]
    assert content.startswith(b"%PDF-1.7")
    assert b"pdfuaid" in content
    assert b"pdfaid" in content
    if folder := os.environ.get("SHOW"):
        Path(folder, "iup.pdf").write_bytes(content)

    seen = read(pupil, one).body
    assert (seen["plan"], seen["receipts"], seen["latest"]["number"]) == (None, None, 1)
    assert seen["latest"]["plan"]["goals"][0]["text"] == text
    assert {j["subject"] for j in seen["latest"]["judgements"]} == {"EN", "MA"}
    for _ in range(2):
        assert call("assessment", "mark_iup_read", one, path={"pupil": pupil, "year": YEAR}).status == 204
    receipts = read(pupil, mentor).body["receipts"]
    assert ([r["person"] for r in receipts["read"]], receipts["unread"]) == ([one], [other])

    assert judge(round, pupil, mentor, version=1, level=2, reason="Nytt underlag").status == 200
    assert save(pupil, mentor, version=2, needs="Mer lästräning").status == 200
    assert read(pupil, one).body["latest"]["plan"]["needs"] == "Lästräning två gånger i veckan"
    (levels,) = [j for j in read(pupil, one).body["latest"]["judgements"] if j["subject"] == "MA"]
    assert (levels["level"], levels["number"]) == (1, 1)  # as it was when the plan was built on it
    assert publish(pupil, mentor).status == 200
    seen = read(pupil, other).body
    assert (seen["latest"]["number"], seen["earlier"]) == (2, [1])
    assert read(pupil, mentor).body["receipts"]["read"] == []  # nobody has read the new one
    years = get("list_iups", one, pupil=pupil).body["data"]
    assert [(y["year"], y["published"]) for y in years] == [(int(YEAR), 2)]
    assert [f["version"] for f in facts("IupPublished")] == [1, 2]
    assert len(facts("MessageDue", "iup_published")) == 2
    assert code(link(pupil, world.classmates()[3].guardians[0].guardian_id)) == (404, "not-found")


def test_the_mentor_is_reminded_until_the_plan_is_followed_up(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    (pupil, one, _), mentor = homes(world), world.klass.mentor_ids[0]
    published(world, pupil)
    save(pupil, mentor)
    body = {"text": "Läser varje kväll", "nextDay": (today() + timedelta(days=60)).isoformat()}
    path = {"pupil": pupil, "year": YEAR}
    assert code(post("follow_up_iup", mentor, body, **path)) == (409, "not-published")
    assert publish(pupil, mentor).status == 200
    for day in (29, 30, 31):
        for _ in range(2):
            at(monkeypatch, morning(day))
            run_schedule("assessment", "remind_of_plans")
    told = facts("MessageDue", "iup_follow_up")
    assert len(told) == 2 * len(world.klass.mentor_ids)  # on the day and the day after
    assert {f["values"]["count"] for f in told} == {"1"}
    followed = post("follow_up_iup", mentor, body, **path)
    assert (followed.status, followed.body["nextFollowUp"]) == (200, body["nextDay"])
    assert [f["text"] for f in read(pupil, one).body["followUps"]] == ["Läser varje kväll"]
    at(monkeypatch, morning(32))
    run_schedule("assessment", "remind_of_plans")
    assert len(facts("MessageDue", "iup_follow_up")) == len(told)


def test_papers_of_a_protected_pupil_are_written_anew_and_name_nobody(world: World) -> None:
    (pupil, one, _), mentor = homes(world), world.klass.mentor_ids[0]
    published(world, pupil)
    save(pupil, mentor)
    publish(pupil, mentor)
    write()
    url, before = link(pupil, one).body["url"], link(pupil, one).body["sha256"]
    told = protect(world, pupil)
    assert code(link(pupil, mentor)) == (409, "paper-not-ready")  # before the fact has come
    for _ in range(2):
        assert deliver("assessment", "hide_iup_papers", told) == []
    with pytest.raises(HTTPError):
        fetched(url)
    write()
    assert deliver("assessment", "hide_iup_papers", told) == []
    after = link(pupil, mentor)
    assert after.body["sha256"] != before
    with acting_as("assessment"):
        edition = store.find_edition(PersonId(pupil), int(YEAR), 1)
        assert edition
    assert (edition.named, pupil in edition.people) == (False, False)
    assert fetched(after.body["url"]).startswith(b"%PDF-1.7")


def test_the_paper_of_an_erased_plan_goes_with_it(world: World) -> None:
    (pupil, one, _), mentor = homes(world), world.klass.mentor_ids[0]
    published(world, pupil)
    save(pupil, mentor)
    publish(pupil, mentor)
    write()
    url = link(pupil, one).body["url"]
    keys = [(f"PUPIL#{pupil}", f"IUPV#{YEAR}#001"), (f"PUPIL#{pupil}", f"IUP#{YEAR}")]
    with acting_as("assessment"):
        changes = {
            "Records": [
                {
                    "eventName": "REMOVE",
                    "dynamodb": {"Keys": {"pk": {"S": pk}, "sk": {"S": sk}}, "SequenceNumber": str(n)},
                }
                for n, (pk, sk) in enumerate(keys)
            ]
        }
        _forget(changes)
        assert fetched(url)  # the row is still there
        item = store.EditionItem.get(*keys[0])
        commit(Remove(item))
        _forget(changes)
    with pytest.raises(HTTPError):
        fetched(url)


def _forget(changes: dict[str, Any]) -> None:
    import functions.assessment.app as app

    assert app.forget_iup_papers(changes, None) == {"batchItemFailures": []}
