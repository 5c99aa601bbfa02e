"""Messages to people's devices (processes 21 and 28), by a push service that checks and decrypts what it
gets: seen, not seen, and devices that are gone.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from infra.local.population import NewGuardian, NewPupil
from skolkit.clock import now, stamp
from skolkit.types import PersonId, new_id
from tests.support import faults
from tests.support.areas import Answer
from tests.support.deployed import Deployed, eventually
from tests.support.push_service import Browser
from tests.support.scenes import hours_ago, little_school, miss, plan, refused

PROCESSES = (21, 28)


@pytest.fixture
def own(school: Deployed) -> Deployed:
    return little_school(school, "99990148")


def homes(own: Deployed, pupil: NewPupil) -> list[NewGuardian]:
    known = {g.id: g for g in own.world.population.guardians}
    return [known[g.guardian_id] for g in pupil.guardians]


def subscribe(own: Deployed, person: PersonId, browser: Browser | None = None) -> Browser:
    """A browser of the person's asks for the key, subscribes and says so."""
    key = own.call("messages", "read_push_key", person).body["key"]
    browser = browser or own.push.subscribe(key)
    made = own.call(
        "messages", "subscribe_to_push", person, body=browser.json, headers={"idempotency-key": new_id()}
    )
    assert made.status == 201, made.body
    assert "endpoint" not in made.body
    return browser


def seen(own: Deployed, person: PersonId, delivery: str) -> Answer:
    path = {"delivery": delivery}
    return own.call(
        "messages", "mark_delivery_seen", person, path=path, headers={"idempotency-key": new_id()}
    )


def mails(own: Deployed, home: NewGuardian) -> int:
    return sum(home.email in mail["To"] for mail in own.cloud.messages())


def log(own: Deployed, pupil: NewPupil) -> dict[str, tuple[str, str]]:
    read = own.call("messages", "list_deliveries", own.world.klass.mentor_ids[0], path={"pupil": pupil.id})
    return {d["recipient"]: (d["channel"], d["state"]) for d in read.body["data"]}


def time_passes(own: Deployed, pupil: NewPupil) -> None:
    """Let the time have come at which what was sent about a pupil is looked at again, if there is one."""
    table, past = own.cloud.client("dynamodb"), stamp(now())
    for row in faults.items(own.cloud, "messages", f"PUPIL#{pupil.id}"):
        until = row.get("until", {}).get("S")
        if until is None:
            continue
        for shard in range(4):
            for due in faults.items(own.cloud, "messages", f"DUE#{shard}"):
                if due["sk"]["S"].startswith(f"{until}#{pupil.id}"):
                    key = {name: due[name] for name in ("pk", "sk")}
                    table.delete_item(TableName="skolkit-messages", Key=key)
                    sooner = due["sk"]["S"].replace(until, past)
                    table.put_item(TableName="skolkit-messages", Item=due | {"sk": {"S": sooner}})
        table.put_item(TableName="skolkit-messages", Item=row | {"until": {"S": past}})
    own.invoke("messages", "hand_over_due")
    faults.quiet(own.cloud)


def known(own: Deployed, pupil: NewPupil) -> dict[str, str]:
    """What attendance knows of the notice about the pupil."""
    about = faults.items(own.cloud, "attendance", f"PUPIL#{pupil.id}")
    gaps: list[Any] = [gap for item in about if "gaps" in item for gap in json.loads(item["gaps"]["S"])]
    return dict(gaps[0][4]) if gaps else {}


def test_one_guardian_looks_at_the_telephone_and_the_other_does_not(own: Deployed) -> None:
    pupil = own.world.classmates()[0]
    one, other = homes(own, pupil)
    browsers = [subscribe(own, home.id) for home in (one, other)]
    (lesson,) = plan(own, hours_ago(1))
    miss(own, lesson, [pupil])
    eventually(lambda: all(own.push.to(browser) for browser in browsers))
    faults.quiet(own.cloud)
    assert log(own, pupil) == {home.id: ("push", "accepted") for home in (one, other)}
    said = own.push.to(browsers[0])[0]
    assert pupil.given_name in said["body"]
    assert not any(word in said["body"] for word in (pupil.family_name, own.world.klass.name, "Matematik"))
    refused(seen(own, other.id, said["delivery"]), 404, "not-found")
    assert seen(own, one.id, said["delivery"]).status == 204
    time_passes(own, pupil)
    eventually(lambda: mails(own, other))
    faults.quiet(own.cloud)
    assert log(own, pupil) == {one.id: ("push", "confirmed"), other.id: ("mail", "accepted")}
    assert [mails(own, home) for home in (one, other)] == [0, 1]
    assert [len(own.push.to(browser)) for browser in browsers] == [1, 1]
    assert known(own, pupil) == {one.id: "delivered", other.id: "delivered"}
    assert own.push.refused == []


def test_a_device_that_is_gone_is_forgotten_and_a_lent_one_is_its_last_users(own: Deployed) -> None:
    pupil = own.world.classmates()[1]
    one, other = homes(own, pupil)
    gone = subscribe(own, one.id)
    own.push.answer(gone, 410)
    lent = subscribe(own, other.id)
    subscribe(own, own.world.staff("principal"), lent)
    (lesson,) = plan(own, hours_ago(1))
    miss(own, lesson, [pupil])
    eventually(lambda: mails(own, one) and mails(own, other))
    faults.quiet(own.cloud)
    assert log(own, pupil) == {home.id: ("mail", "accepted") for home in (one, other)}
    assert own.push.to(lent) == []
    for home in (one, other):
        listed = own.call("messages", "list_push_subscriptions", home.id)
        assert listed.body == {"data": []}


def test_only_known_push_services_are_taken(own: Deployed) -> None:
    person = own.world.staff("principal")
    body = own.push.subscribe().json
    for endpoint in (
        "https://fcm.googleapis.com/fcm/send/x",  # configured away on this stage
        "https://169.254.169.254/latest/meta-data/",
        f"http://127.0.0.1:{own.cloud.port}/messages/v1/push-key",
    ):
        answer = own.call(
            "messages", "subscribe_to_push", person, body=body | {"endpoint": endpoint},
            headers={"idempotency-key": new_id()},
        )  # fmt: skip
        refused(answer, 422, "unknown-push-service", "endpoint")
