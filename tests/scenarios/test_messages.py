"""How homes are reached (processes 21 and 28): the chosen channel, the log, mail that comes back, the call
list, and everybody at once.
"""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from infra.local.population import NewGuardian, NewPupil
from skolkit.types import PersonId, new_id
from tests.support import faults
from tests.support.areas import Answer
from tests.support.deployed import Deployed, eventually, import_files
from tests.support.scenes import hours_ago, little_school, miss, plan, refused, swept_day
from tests.support.world import person_row

PROCESSES = (21, 28)


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
    assert (read.body["channel"], read.headers["etag"]) == ("push", '"0"')
    refused(choose(own, one.id, "sms", None), 428, "version-required", "If-Match")
    refused(choose(own, one.id, "duva", '"0"'), 422, "invalid", "channel")
    chosen = choose(own, one.id, "sms", '"0"')
    assert (chosen.status, chosen.body["channel"], chosen.body["version"]) == (200, "sms", 1)
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


def test_mail_that_comes_back_is_followed_by_a_text_message(own: Deployed) -> None:
    """SES says that one of two mails bounced (the emulator does not, so the test says it in SES's words,
    twice): that guardian gets one text message, and attendance knows that both have been told.
    """
    pupil = own.world.classmates()[1]
    one, other = homes(own, pupil)
    (lesson,) = plan(own, hours_ago(1))
    miss(own, lesson, [pupil])
    eventually(lambda: len(log(own, pupil)) == 2)
    faults.quiet(own.cloud)
    before = len(texts(own, one))
    with faults.impatient(own.cloud, faults.RECEIPTS):  # of two at once one comes again
        bounce(own, pupil, one)
        bounce(own, pupil, one)
        eventually(lambda: log(own, pupil)[one.id] == ("sms", "accepted", None))
        faults.quiet(own.cloud)
    assert (len(mails(own, one)), len(texts(own, one))) == (1, before + 1)
    assert outcomes(own, pupil) == {one.id: "delivered", other.id: "delivered"}


def test_whom_no_way_reaches_is_called_and_a_pupil_of_age_is_told_alone(own: Deployed) -> None:
    """A guardian without a telephone whose mail comes back is on the call list, which says what came of the
    call; a classmate of age gets the notice instead of the guardians.
    """
    pupil, grown = own.world.classmates()[2:4]
    one = homes(own, pupil)[0]
    born = swept_day().replace(year=swept_day().year - 18) - timedelta(days=2)
    rows = [
        person_row(one) | {"phone": None},
        person_row(grown) | {"birthDate": born.isoformat(), "email": "myndig@example.org"},
    ]
    for row in rows:
        row.pop("civicNo", None)
    import_files(own.cloud, {f"register/persons/{new_id()}.jsonl": rows})
    (lesson,) = plan(own, hours_ago(1))
    miss(own, lesson, [pupil, grown])
    eventually(lambda: len(log(own, pupil)) == 2 and len(log(own, grown)) == 1)
    assert log(own, grown) == {grown.id: ("mail", "accepted", None)}
    assert [m["BodyText"][:11] for m in own.cloud.messages() if "myndig@example.org" in m["To"]] == [
        "Du saknades"
    ]
    bounce(own, pupil, one)
    principal, day = own.world.staff("principal"), {"date": swept_day().isoformat()}
    unit = {"unit": own.world.unit}

    def listed() -> list[dict[str, Any]]:
        body = own.call("attendance", "list_calls", principal, path=unit, query=day).body
        return [c for c in body["data"] if c["pupil"] == pupil.id]

    (entry,) = eventually(listed)
    assert (entry["recipient"], entry["reason"], entry["called"]) == (one.id, "bounced", "open")
    refused(own.call("attendance", "list_calls", one.id, path=unit, query=day), 404, "not-found")
    noted = own.call(
        "attendance", "record_call", principal, path=unit | {"call": entry["id"]}, query=day,
        body={"called": "reached"}, headers={"if-match": f'"{entry["version"]}"'},
    )  # fmt: skip
    assert (noted.status, noted.body["called"], noted.body["by"]) == (200, "reached", principal), noted.body


def test_an_emergency_reaches_everybody_and_the_counter_says_so(own: Deployed) -> None:
    principal, unit = own.world.staff("principal"), {"unit": own.world.unit}
    asked = {"audience": "guardians"}
    number = own.call("messages", "preview_emergency", principal, path=unit, query=asked).body["recipients"]
    assert number > 0
    before = len(own.cloud.messages())

    def send(count: int) -> Answer:
        body = {"texts": {"sv": "Skolan är stängd i dag.", "en": "School is closed."}, **asked}
        return own.call(
            "messages", "send_emergency", principal, path=unit, body=body | {"recipients": count},
            headers={"idempotency-key": new_id()},
        )  # fmt: skip

    refused(send(number + 1), 409, "recipients-changed", "recipients")
    sent = send(number)
    assert (sent.status, sent.body["waiting"]) == (201, number), sent.body
    path = unit | {"emergency": sent.body["id"]}

    def counter() -> dict[str, Any]:
        body: dict[str, Any] = own.call("messages", "read_emergency", principal, path=path).body
        return body

    eventually(lambda: counter()["waiting"] == 0)
    counted = counter()
    assert counted["told"] + counted["unreached"] == number
    called = own.call("messages", "list_emergency_calls", principal, path=path).body["data"]
    assert len([c for c in called if c["reason"] == "unreached"]) == counted["unreached"] < number
    assert len(own.cloud.messages()) > before
    teacher = own.world.klass.mentor_ids[0]
    refused(own.call("messages", "read_emergency", teacher, path=path), 404, "not-found")


def bounce(own: Deployed, pupil: NewPupil, home: NewGuardian) -> None:
    """SES says that the mail about the pupil to a guardian came back."""
    (item,) = [d for d in faults.deliveries(own.cloud, [pupil]) if d["sk"]["S"].endswith(home.id)]
    _, day, notice, _ = item["sk"]["S"].split("#")
    tag = "_".join((pupil.id, day, notice, home.id))
    event = {
        "version": "0", "id": new_id(), "detail-type": "Email Bounced", "source": "aws.ses",
        "detail": {"eventType": "Bounce", "mail": {"messageId": new_id(), "tags": {"delivery": [tag]}}},
    }  # fmt: skip
    faults.send(own.cloud, faults.RECEIPTS, json.dumps(event))


def outcomes(own: Deployed, pupil: NewPupil) -> dict[str, str]:
    """What attendance knows of the notice about the pupil."""
    about = faults.items(own.cloud, "attendance", f"PUPIL#{pupil.id}")
    gaps = [gap for item in about if "gaps" in item for gap in json.loads(item["gaps"]["S"])]
    return dict(gaps[0][4]) if gaps else {}
