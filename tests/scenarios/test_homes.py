"""Homes and each other (process 28): what a home shows the others of a class, and the Sunday digest of what
waits, read in the mails that were sent.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from functions.messages.domain.digest import Week, is_late
from functions.messages.domain.templates import TEMPLATES
from infra.local.population import NewPupil
from skolkit.clock import now, stamp, today
from skolkit.types import PersonId, new_id
from tests.support import faults
from tests.support.areas import Answer
from tests.support.asks import new_key, over
from tests.support.deployed import Deployed, eventually, import_files
from tests.support.letters import audience, consent_body, news_body
from tests.support.privacy import details_of
from tests.support.scenes import client, little_school, refused
from tests.support.world import person_row

PROCESSES = (28,)
DIGEST = {TEMPLATES["digest"].subject.sv, TEMPLATES["digest"].subject.en}


@pytest.fixture
def own(school: Deployed) -> Deployed:
    return little_school(school, "99990282")


def home(pupil: NewPupil) -> tuple[PersonId, PersonId]:
    return pupil.guardians[0].guardian_id, pupil.guardians[1].guardian_id


def card(own: Deployed, person: PersonId) -> Any:
    return next(g for g in own.world.population.guardians if g.id == person)


def show(own: Deployed, by: PersonId, child: str, version: int = 0, **what: bool) -> Answer:
    return own.call(
        "messages", "choose_contact_visibility", by, path={"child": child}, body=what, headers=over(version)
    )


def seen(own: Deployed, by: PersonId) -> list[dict[str, Any]]:
    page = own.call(
        "messages", "list_contacts", by, path={"group": own.world.klass.id}, query={"limit": "100"}
    )
    assert page.status == 200, page.body
    rows: list[dict[str, Any]] = page.body["data"]
    return rows


def test_a_home_shows_the_others_what_it_has_chosen_and_a_protected_one_nothing(own: Deployed) -> None:
    pupil, mate = own.world.classmates()[:2]
    one, other = home(pupil)
    reader = home(mate)[0]
    assert seen(own, reader) == []
    chosen = show(own, one, pupil.id, name=True, mail=True)
    assert (chosen.status, chosen.headers["etag"]) == (200, '"1"')
    known = card(own, one)
    line = {"name": f"{known.given_name} {known.family_name}", "phone": None, "mail": known.email}
    assert seen(own, reader) == seen(own, other) == [
        {"givenName": pupil.given_name, "familyName": pupil.family_name, "adults": [line]}
    ]  # fmt: skip
    refused(show(own, one, pupil.id, name=False), 412, "changed-meanwhile")
    refused(show(own, reader, pupil.id, name=True), 404, "not-found")
    refused(
        own.call("messages", "list_contacts", pupil.id, path={"group": own.world.klass.id}), 404, "not-found"
    )
    marked = person_row(card(own, other)) | {"securityMarking": "Sekretessmarkering"}
    marked.pop("civicNo")
    import_files(own.cloud, {f"register/persons/{new_id()}.jsonl": [marked]})
    eventually(lambda: seen(own, reader) == [])
    refused(show(own, one, pupil.id, 1, phone=True), 422, "not-listed")
    assert show(own, one, pupil.id, 1).status == 200


def test_on_sunday_each_home_is_told_once_what_waits(own: Deployed) -> None:
    pupil, off = own.world.classmates()[2:4]
    mentor = own.world.klass.mentor_ids[0]
    chosen = own.call(
        "messages", "choose_preferences", home(off)[0], headers=over(0),
        body={"channel": "mail", "channels": {"digest": []}},
    )  # fmt: skip
    assert chosen.status == 200, chosen.body
    body = news_body(audience("group", own.world.klass.id))
    made = own.call("messages", "post_news", mentor, body=body, headers=new_key())
    asked = own.call(
        "messages", "ask_consent", mentor, body=consent_body(own.world, "photo"), headers=new_key()
    )
    assert (made.status, asked.status) == (201, 201)
    eventually(lambda: own.call("messages", "list_news", home(pupil)[0]).body["data"])
    faults.quiet(own.cloud)

    own.invoke("messages", "ask_digests")  # of last Sunday's week: on most days too late
    for _ in range(2):
        _told_again(own)

    def digests(person: PersonId) -> list[str]:
        mails = [m for m in own.cloud.messages() if m["Subject"] in DIGEST]
        return [m["BodyText"] for m in mails if card(own, person).email in m["To"]]

    reached = next(p for p in home(pupil) if card(own, p).channel == "mail")
    eventually(lambda: digests(reached))
    faults.quiet(own.cloud)
    (text,) = digests(reached)
    english = card(own, reached).language == "en"
    for line in ("Unread news: 1", "Questions to answer: 1") if english else (
        "Olästa nyheter: 1", "Frågor att besvara: 1",
    ):  # fmt: skip
        assert line in text
    assert digests(home(off)[0]) == []
    people = details_of(own.world, words=[own.world.klass.name, own.world.population.unit.name, "Utflykt"])
    sent = [m for m in own.cloud.messages() if m["Subject"] in DIGEST]
    assert [hit for m in sent for hit in people.found("a digest", m["BodyText"])] == []
    to = [address for m in sent for address in m["To"]]
    assert len(to) == len(set(to))


def _told_again(own: Deployed) -> None:
    """That today is the day, as the schedule's function says on Sundays; the bus may say it twice."""
    week = Week.closed_on(today())
    day = today() if is_late(week, now()) else week.day
    fact = {
        "id": new_id(), "type": "messages.DigestDue.v1", "time": stamp(now()),
        "data": {"unit": own.world.unit, "day": day.isoformat(), "cursor": None},
    }  # fmt: skip
    entry = {
        "EventBusName": "skolkit", "Source": "skolkit.messages", "DetailType": fact["type"],
        "Detail": json.dumps(fact),
    }  # fmt: skip
    assert client(own.cloud, "events").put_events(Entries=[entry])["FailedEntryCount"] == 0
