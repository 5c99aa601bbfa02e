"""How homes are reached (process 28): the chosen channel, the log, and mail that comes back."""

from __future__ import annotations

import json
from typing import Any

import pytest

from infra.local.population import NewGuardian, NewPupil
from skolkit.types import PersonId, new_id
from tests.support import faults
from tests.support.areas import Answer
from tests.support.deployed import Deployed, eventually
from tests.support.scenes import hours_ago, little_school, miss, plan, refused

PROCESSES = (28,)


@pytest.fixture
def own(school: Deployed) -> Deployed:
    return little_school(school, "99990140")


def choose(own: Deployed, person: PersonId, channel: str, etag: str | None) -> Answer:
    return own.call(
        "messages", "choose_preferences", person, body={"channel": channel},
        headers={"if-match": etag} if etag else None,
    )  # fmt: skip


def homes(own: Deployed, pupil: NewPupil) -> list[NewGuardian]:
    known = {g.id: g for g in own.world.population.guardians}
    return [known[g.guardian_id] for g in pupil.guardians]


def mails(own: Deployed, home: NewGuardian) -> list[dict[str, Any]]:
    return [mail for mail in own.cloud.messages() if home.email in mail["To"]]


def texts(own: Deployed, home: NewGuardian) -> list[dict[str, Any]]:
    return [text for text in own.cloud.text_messages() if text["PhoneNumber"] == home.phone]


def log(own: Deployed, pupil: NewPupil) -> dict[str, tuple[str, str, str | None]]:
    """Recipient → channel, state and failure, as the mentor sees it."""
    seen = own.call("messages", "list_deliveries", own.world.klass.mentor_ids[0], path={"pupil": pupil.id})
    assert seen.status == 200, seen.body
    return {d["recipient"]: (d["channel"], d["state"], d["failure"]) for d in seen.body["data"]}


def test_who_chooses_sms_gets_sms_and_no_mail(own: Deployed) -> None:
    pupil = own.world.classmates()[0]
    one, other = homes(own, pupil)
    read = own.call("messages", "read_preferences", one.id)
    assert (read.body["channel"], read.headers["etag"]) == ("mail", '"0"')
    refused(choose(own, one.id, "sms", None), 428, "version-required", "If-Match")
    refused(choose(own, one.id, "duva", '"0"'), 422, "invalid", "channel")
    chosen = choose(own, one.id, "sms", '"0"')
    assert (chosen.status, chosen.body) == (200, {"channel": "sms", "version": 1})
    refused(choose(own, one.id, "mail", '"0"'), 412, "changed-meanwhile")

    (lesson,) = plan(own, hours_ago(1))
    miss(own, lesson, [pupil])
    eventually(lambda: texts(own, one) and mails(own, other))
    faults.quiet(own.cloud)
    assert [len(texts(own, one)), len(mails(own, one)), len(texts(own, other)), len(mails(own, other))] == [
        1,
        0,
        0,
        1,
    ]
    text = texts(own, one)[0]["Message"]
    assert pupil.given_name in text
    assert not any(said in text for said in (pupil.family_name, own.world.klass.name, "Matematik"))
    assert log(own, pupil) == {one.id: ("sms", "accepted", None), other.id: ("mail", "accepted", None)}
    refused(own.call("messages", "list_deliveries", one.id, path={"pupil": pupil.id}), 404, "not-found")


def test_mail_that_comes_back_is_told_and_never_sent_again(own: Deployed) -> None:
    """SES says that one of two mails bounced (the emulator does not, so the test says it in SES's words,
    twice): the log and attendance know whom to call.
    """
    pupil = own.world.classmates()[1]
    one, other = homes(own, pupil)
    (lesson,) = plan(own, hours_ago(1))
    miss(own, lesson, [pupil])
    eventually(lambda: len(log(own, pupil)) == 2)
    faults.quiet(own.cloud)
    (item,) = [d for d in faults.deliveries(own.cloud, [pupil]) if d["sk"]["S"].endswith(one.id)]
    _, day, notice, _ = item["sk"]["S"].split("#")
    tag = "_".join((pupil.id, day, notice, one.id))
    event = {
        "version": "0", "id": new_id(), "detail-type": "Email Bounced", "source": "aws.ses",
        "detail": {"eventType": "Bounce", "mail": {"messageId": new_id(), "tags": {"delivery": [tag]}}},
    }  # fmt: skip
    with faults.impatient(own.cloud, faults.RECEIPTS):  # of two at once one comes again
        for _ in range(2):
            faults.send(own.cloud, faults.RECEIPTS, json.dumps(event))
        eventually(lambda: log(own, pupil)[one.id] == ("mail", "failed", "bounced"))
        eventually(lambda: outcomes(own, pupil) == {one.id: "failed", other.id: "delivered"})
        faults.quiet(own.cloud)
    assert len(mails(own, one)) == 1
    told = [f["data"] for f in faults.facts(own.cloud) if f["type"] == "messages.NoticeFailed.v1"]
    assert [fact["reason"] for fact in told if fact["recipient"] == one.id] == ["bounced"]


def outcomes(own: Deployed, pupil: NewPupil) -> dict[str, str]:
    """What attendance knows of the notice about the pupil."""
    about = faults.items(own.cloud, "attendance", f"PUPIL#{pupil.id}")
    gaps = [gap for item in about if "gaps" in item for gap in json.loads(item["gaps"]["S"])]
    return dict(gaps[0][4]) if gaps else {}
