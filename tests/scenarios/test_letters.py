"""School and home write to each other (process 28): news to a class, a conversation, a question about
consent, and news that waits for its time.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from infra.local.population import NewPupil
from skolkit.clock import now, stamp
from skolkit.types import PersonId
from tests.support import faults
from tests.support.areas import Answer
from tests.support.asks import new_key, over
from tests.support.deployed import Deployed, eventually
from tests.support.letters import audience, consent_body, news_body
from tests.support.scenes import little_school, refused

PROCESSES = (28,)


@pytest.fixture
def own(school: Deployed) -> Deployed:
    return little_school(school, "99990280")


def homes(pupil: NewPupil) -> tuple[PersonId, PersonId]:
    return pupil.guardians[0].guardian_id, pupil.guardians[1].guardian_id


def post(own: Deployed, **more: Any) -> str:
    body = news_body(audience("group", own.world.klass.id), **more)
    made = own.call("messages", "post_news", own.world.klass.mentor_ids[0], body=body, headers=new_key())
    assert made.status == 201, made.body
    return str(made.body["id"])


def seen(own: Deployed, person: PersonId) -> list[str]:
    page = own.call("messages", "list_news", person)
    assert page.status == 200, page.body
    return [news["id"] for news in page.body["data"]]


def end_custody(own: Deployed, child: str, adult: str) -> None:
    """The children's office ends somebody's custody, whatever version the child's record has."""

    def ended() -> bool:
        return any(
            own.call(
                "register", "end_responsible", own.world.staff("administrator"),
                path={"person": child, "adult": adult}, headers=over(version),
            ).status == 204
            for version in range(1, 6)
        )  # fmt: skip

    assert ended()


def test_news_is_read_by_the_class_and_not_by_a_former_guardian(own: Deployed) -> None:
    pupil, other = own.world.classmates()[:2]
    former, stays = homes(pupil)
    id = post(own, texts=[{"language": "sv", "title": "<b>Nytt</b>", "body": "<script>x</script>"}])
    eventually(lambda: id in seen(own, former) and id in seen(own, stays))
    shown = own.call("messages", "read_news", former, path={"news": id})
    assert shown.headers["content-type"].startswith("application/json")
    assert shown.body["texts"][0]["body"] == "<script>x</script>"
    known = {g.id: g for g in own.world.population.guardians}
    told = eventually(lambda: [m for m in own.cloud.messages() if known[former].email in m["To"]])
    assert not [m for m in told if any(word in str(m) for word in ("<script>", own.world.klass.name))]

    children = [p.id for p in own.world.population.pupils
                if former in {g.guardian_id for g in p.guardians}]  # fmt: skip
    for child in children:
        end_custody(own, child, former)
    assert id not in seen(own, former)
    refused(own.call("messages", "read_news", former, path={"news": id}), 404, "not-found")
    assert id in seen(own, stays)
    assert id in seen(own, homes(other)[0])
    assert own.call("messages", "mark_news_read", stays, path={"news": id}).status == 204
    receipts = own.call("messages", "read_news_receipts", own.world.klass.mentor_ids[0], path={"news": id})
    assert [place["read"] for place in receipts.body["places"]] == [1]


def test_scheduled_news_appears_when_it_is_time(own: Deployed) -> None:
    home = homes(own.world.classmates()[2])[0]
    id = post(own, publishAt=stamp(now() + timedelta(seconds=6)))
    own.invoke("messages", "publish_due")
    assert id not in seen(own, home)

    def appeared() -> bool:
        own.invoke("messages", "publish_due")
        return id in seen(own, home)

    eventually(appeared)


def test_a_guardian_and_the_mentor_write_to_each_other(own: Deployed) -> None:
    pupil = own.world.classmates()[3]
    home, other = homes(pupil)
    mentor = own.world.klass.mentor_ids[0]

    def write(name: str, by: PersonId, path: dict[str, str], **body: Any) -> Answer:
        return own.call("messages", name, by, path=path, body={"text": "Hej", **body}, headers=new_key())

    begun = write("start_conversation", home, {"pupil": pupil.id}, title="Läxor")
    assert begun.status == 201, begun.body
    path = {"conversation": str(begun.body["conversation"])}
    assert write("write_message", mentor, path, text="Hej själv").status == 201
    page = own.call("messages", "read_conversation", home, path=path)
    assert [m["text"] for m in page.body["data"]] == ["Hej själv", "Hej"]
    refused(own.call("messages", "read_conversation", other, path=path), 404, "not-found")
    refused(write("write_message", other, path), 404, "not-found")
    refused(write("write_message", home, path, language="xx"), 422, "unknown-language", "language")


def test_both_guardians_say_yes_and_one_takes_it_back(own: Deployed) -> None:
    pupil = own.world.classmates()[4]
    one, other = homes(pupil)
    mentor = own.world.klass.mentor_ids[0]
    asked = own.call(
        "messages", "ask_consent", mentor, body=consent_body(own.world, "photo"), headers=new_key()
    )
    assert asked.status == 201, asked.body
    path = {"pupil": pupil.id, "consent": str(asked.body["id"])}

    def say(by: PersonId, answer: str) -> str:
        said = own.call("messages", "answer_consent", by, path=path, body={"answer": answer})
        assert said.status == 200, said.body
        return str(said.body["outcome"])

    assert [say(one, "granted"), say(other, "granted"), say(one, "withdrawn")] == [
        "unanswered", "granted", "refused",
    ]  # fmt: skip
    counts = own.call("messages", "read_consent_statistics", mentor, path={"consent": path["consent"]}).body[
        "groups"
    ]
    assert [(row["granted"], row["refused"]) for row in counts] == [(0, 1)]
    faults.quiet(own.cloud)
