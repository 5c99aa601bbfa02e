"""News: who is told, who can read, from which moment not any more."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from functions.messages.domain import news as rules
from functions.messages.extract import gather
from infra.local.cloud import Cloud
from infra.local.population import NewPupil
from skolkit.clock import now, stamp
from skolkit.extracts import Requested
from skolkit.table import commit
from skolkit.types import PersonId, new_id
from tests.integration.test_attendance_day import at
from tests.support.areas import acting_as, audit_rows, call, deliver, outbox
from tests.support.asks import new_key, over
from tests.support.letters import (
    TEXTS,
    audience,
    custody_ended,
    handed,
    news_body,
    post,
    published,
    seen,
    tick,
    told,
)
from tests.support.meter import metered
from tests.support.world import World, drop, make_world, person_row


@pytest.fixture
def world(tables: Cloud) -> World:
    return make_world(tables)


def homes(pupils: Iterable[NewPupil]) -> set[PersonId]:
    return {g.guardian_id for p in pupils for g in p.guardians}


def members(world: World) -> list[NewPupil]:
    ids = set(world.klass.pupil_ids)
    return [p for p in world.population.pupils if p.id in ids]


def test_news_to_a_class_is_told_to_each_home_once_and_read_by_it_alone(world: World) -> None:
    mentor, group = world.klass.mentor_ids[0], world.klass.id
    script = [{"language": "sv", "title": "<script>alert(1)</script>", "body": "**Hej** <img src=x>"}]
    id = published(mentor, audience("group", group), audience("group", group), texts=script)
    handed("publish_news", "NewsDue", times=2)
    mine = told("new_news")
    assert len(mine) == len(set(mine))
    assert set(mine) == homes(members(world))

    one = members(world)[0].guardians[0].guardian_id
    (shown,) = seen(one)
    assert (shown["id"], shown["texts"][0]["title"], shown["isRead"]) == (id, script[0]["title"], False)
    assert shown["texts"][0]["body"] == script[0]["body"]  # data as it was written: whoever shows it escapes
    assert [a["role"] for a in shown["audiences"]] == ["guardians"]
    assert seen(members(world)[0].id) == []
    assert seen(mentor) == []
    others = homes(p for p in world.population.pupils if p.class_id != group)
    stranger = next(iter(others - homes(members(world))))
    assert seen(stranger) == []
    assert call("messages", "read_news", stranger, path={"news": id}).status == 404
    assert call("messages", "mark_news_read", stranger, path={"news": id}).status == 404
    assert audit_rows(id)[0]["action"] == "post_news"


def test_whose_custody_has_ended_is_outside_at_once(world: World) -> None:
    pupil = next(p for p in members(world) if len(p.guardians) == 2)
    former = pupil.guardians[0].guardian_id
    id = published(world.klass.mentor_ids[0], audience("group", world.klass.id))
    assert [n["id"] for n in seen(former)] == [id]
    siblings = [p for p in world.population.pupils if former in {g.guardian_id for g in p.guardians}]
    for child in siblings:
        custody_ended(world, child.id, former)
    assert seen(former) == []
    assert call("messages", "read_news", former, path={"news": id}).status == 404
    assert [n["id"] for n in seen(pupil.guardians[1].guardian_id)] == [id]
    later = published(world.klass.mentor_ids[0], audience("group", world.klass.id))
    named = [f["data"] for f in outbox("messages") if f["data"].get("id") == later]
    assert named
    assert former not in {person for fact in named for person in fact["recipients"]}


def test_roles_years_units_and_the_municipality(world: World) -> None:
    head, office = world.staff("principal"), world.staff("administrator")
    year = audience("year", world.unit, "guardians", "pupils", "staff", year=members(world)[0].year)
    ids = {
        "year": published(head, year),
        "unit staff": published(head, audience("unit", world.unit, "staff")),
        "unit pupils": published(head, audience("unit", world.unit, "pupils")),
        "all": published(office, audience("municipality", None, "guardians")),
    }
    names = {id: name for name, id in ids.items()}

    def reads(person: PersonId, **query: str) -> set[str]:
        return {names[n["id"]] for n in seen(person, **query)}

    pupil = members(world)[0]
    assert reads(pupil.id) == {"year", "unit pupils"}
    assert reads(pupil.guardians[0].guardian_id) == {"year", "all"}
    assert reads(pupil.guardians[0].guardian_id, role="staff") == set()
    mentor = world.klass.mentor_ids[0]
    assert "unit staff" in reads(mentor)
    teacher = next(s.id for s in world.population.staff if s.role == "teacher")
    assert post(teacher, audience("unit", world.unit)).status == 404
    assert post(head, audience("municipality", None)).status == 404
    assert post(head, audience("group", new_id())).status == 404


def test_nobody_and_too_many_are_refused_with_nobody_told(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = world.staff("principal")
    empty = post(head, audience("year", world.unit, year=1))
    assert (empty.status, empty.body["type"]) == (422, "urn:skolkit:problem:nobody-there"), empty.body
    monkeypatch.setattr(rules, "LIMITS", replace(rules.LIMITS, recipients=3))
    id = published(head, audience("unit", world.unit))
    handed("publish_news", "NewsDue")
    assert (told("new_news"), told("news_refused")) == ([], [head])
    receipts = call("messages", "read_news_receipts", head, path={"news": id}).body
    assert (receipts["state"], receipts["reason"]) == ("refused", "too-many-recipients")
    assert receipts["recipients"] > 3
    assert seen(members(world)[0].guardians[0].guardian_id) == []


def test_many_are_told_in_chunks_that_go_on_where_they_ended(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from functions.messages.usecases import publishing

    monkeypatch.setattr(publishing, "TOLD", 3)
    monkeypatch.setattr(publishing, "FACTS", 2)
    real, calls = commit, list[int]()

    def dies(*writes: object, **more: object) -> None:
        if len(calls) == 3:
            calls.append(0)
            raise RuntimeError
        calls.append(0)
        real(*writes, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(publishing, "commit", dies)
    made = post(world.staff("principal"), audience("unit", world.unit))
    (fact,) = [f for f in outbox("messages") if f["type"] == "messages.NewsDue.v1"]
    assert deliver("messages", "publish_news", fact) == ["0"]
    assert len(told("new_news")) == 12
    assert deliver("messages", "publish_news", fact) == []
    everybody = told("new_news")
    assert len(everybody) == len(set(everybody))
    assert set(everybody) == homes(list(world.population.pupils))
    path = {"news": made.body["id"]}
    receipts = call("messages", "read_news_receipts", world.staff("principal"), path=path)
    assert receipts.body["recipients"] == len(everybody)


def test_scheduled_news_appears_when_its_time_has_come(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    mentor, home = world.klass.mentor_ids[0], members(world)[0].guardians[0].guardian_id
    begun = now()
    later = begun + timedelta(hours=2)
    id = published(mentor, audience("group", world.klass.id), publishAt=stamp(later))
    tick()
    early = {"id": new_id(), "type": "messages.NewsDue.v1", "time": stamp(begun), "data": {"post": id}}
    assert deliver("messages", "publish_news", early) == []
    assert (seen(home), told("new_news")) == ([], [])
    (own,) = call("messages", "list_my_news", mentor).body["data"]
    assert (own["id"], own["state"]) == (id, "scheduled")
    at(monkeypatch, later + timedelta(minutes=4))
    tick()
    tick()
    assert [n["id"] for n in seen(home)] == [id]
    assert len(told("new_news")) == len(set(told("new_news")))
    for wrong in (begun - timedelta(minutes=1), begun + timedelta(days=500)):
        refused = post(mentor, audience("group", world.klass.id), publishAt=stamp(wrong))
        assert (refused.status, refused.body["type"]) == (422, "urn:skolkit:problem:not-ahead")


def test_the_repeated_autumn_hour_is_two_instants(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    mentor, home = world.klass.mentor_ids[0], members(world)[0].guardians[0].guardian_id
    second = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)  # 02:30 for the second time
    at(monkeypatch, second - timedelta(days=1))
    id = published(mentor, audience("group", world.klass.id), publishAt="2026-10-25T02:30:00+01:00")
    at(monkeypatch, second - timedelta(minutes=5))
    tick()
    assert seen(home) == []
    at(monkeypatch, second)
    tick()
    assert [n["id"] for n in seen(home)] == [id]


def test_edited_withdrawn_and_counted(world: World) -> None:
    mentor, home = world.klass.mentor_ids[0], members(world)[0].guardians[0].guardian_id
    id = published(mentor, audience("group", world.klass.id))
    for _ in range(2):
        assert call("messages", "mark_news_read", home, path={"news": id}).status == 204
    receipts = call("messages", "read_news_receipts", mentor, path={"news": id}).body
    (place,) = receipts["places"]
    assert (place["read"], place["recipients"]) == (1, len(homes(members(world))))
    assert seen(home)[0]["isRead"]

    def edit(version: int, language: str = "en") -> tuple[int, str]:
        texts = [*TEXTS, {"language": language, "title": "Trip", "body": "To the woods."}]
        answer = call(
            "messages", "edit_news", mentor, path={"news": id}, body={"texts": texts}, headers=over(version)
        )
        return answer.status, answer.body.get("type", "").rpartition(":")[2]

    assert edit(1) == (412, "changed-meanwhile")
    assert edit(2, "xx") == (422, "unknown-language")
    assert edit(2, "sv") == (422, "language-twice")
    assert edit(2) == (200, "")
    assert {t["language"] for t in seen(home)[0]["texts"]} == {"sv", "en"}
    history = call("messages", "read_news_receipts", mentor, path={"news": id}).body["history"]
    assert [h["texts"][0]["title"] for h in history] == ["Utflykt"]
    other = next(s.id for s in world.population.staff if s.role == "teacher" and s.id != mentor)
    gone: dict[str, Any] = {"path": {"news": id}, "headers": over(3)}
    assert call("messages", "withdraw_news", other, **gone).status == 404
    assert call("messages", "withdraw_news", mentor, **gone).status == 204
    assert seen(home) == []
    assert call("messages", "read_news", home, path={"news": id}).status == 404
    assert edit(4) == (409, "news-withdrawn")
    assert [n["state"] for n in call("messages", "list_my_news", mentor).body["data"]] == ["withdrawn"]


def test_a_repeated_post_is_one_and_a_list_pages(world: World) -> None:
    mentor, home = world.klass.mentor_ids[0], members(world)[0].guardians[0].guardian_id
    headers, body = new_key(), news_body(audience("group", world.klass.id))
    first, again = (call("messages", "post_news", mentor, body=body, headers=headers) for _ in range(2))
    assert (first.status, again.body) == (201, first.body)
    handed("publish_news", "NewsDue")
    ids = [published(mentor, audience("group", world.klass.id)) for _ in range(4)]
    found, cursor = list[str](), None
    while True:
        query = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = call("messages", "list_news", home, query=query).body
        found += [n["id"] for n in page["data"]]
        if not (cursor := page["cursor"]):
            break
    assert found == [*reversed(ids), first.body["id"]]
    other = members(world)[1].guardians[0].guardian_id
    page = call("messages", "list_news", home, query={"limit": 2}).body
    assert call("messages", "list_news", other, query={"cursor": page["cursor"]}).status == 400


def test_a_protected_author_is_not_named(world: World, tables: Cloud) -> None:
    mentor, home = world.klass.mentor_ids[0], members(world)[0].guardians[0].guardian_id
    published(mentor, audience("group", world.klass.id))
    assert seen(home)[0]["authorName"]
    card = next(s for s in world.population.staff if s.id == mentor)
    drop(tables, "register/persons/p.jsonl", [person_row(card) | {"securityMarking": "Sekretessmarkering"}])
    assert seen(home)[0]["authorName"] == ""
    assert mentor not in str(seen(home))


def test_the_morning_page_is_a_few_round_trips(world: World) -> None:
    mentor = world.klass.mentor_ids[0]
    pupil = next(
        p for p in members(world)
        if sum(p.guardians[0].guardian_id in {g.guardian_id for g in q.guardians}
               for q in world.population.pupils) == 1
    )  # fmt: skip
    home = pupil.guardians[0].guardian_id
    for _ in range(25):
        published(mentor, audience("group", world.klass.id))
    seen(home, role="guardians")
    with metered() as use:
        assert len(seen(home, role="guardians")) == 20
    assert use.trips == 6, use.operations
    with metered() as use:
        call("messages", "mark_news_read", home, path={"news": seen(home)[0]["id"]})
    assert use.writes <= 6


def test_what_somebody_has_written_is_told_to_them(world: World) -> None:
    mentor = world.klass.mentor_ids[0]
    published(mentor, audience("group", world.klass.id))
    with acting_as("messages"):
        sections = gather(Requested(request=new_id(), person=mentor, contacts=True))
    (written,) = [s for s in sections if s.document == "messages.news"]
    assert written.rows[0][1:] == ["Utflykt", "Vi går till skogen."]
