"""What breaks while an unexcused absence travels from the teacher's save to the guardians' mail (processes
21, 28 and 35): each guardian still gets exactly one notice, and nothing is lost. Functions are killed, the
bus repeats and reorders, sources stop, a message is poison, the mail provider refuses.

The emulator publishes no events about sent mail, so where SES's own word decides (decision 0005) the tests
put its event in the queue. Queues that in AWS hand a message out again after three minutes do so after
seconds here.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from infra.local.cloud import Cloud
from infra.local.population import NewPupil
from skolkit.types import new_id
from tests.support import faults
from tests.support.deployed import Deployed, eventually, import_files
from tests.support.faults import DECIDE, DELIVER, RECEIPTS, RECORD, RELAYS, Between, Families
from tests.support.scenes import miss, stored
from tests.support.world import person_row

PROCESSES = (21, 28)
CONSUMERS = (DECIDE, DELIVER, RECORD, RECEIPTS)


@pytest.fixture(scope="module")
def families(school: Deployed) -> Families:
    return Families.of(school, lessons=5)


@pytest.fixture(autouse=True)
def quick_queues(school: Deployed) -> Iterator[None]:
    with faults.impatient(school.cloud, *CONSUMERS):
        yield


def test_killed_at_random_moments(school: Deployed, families: Families) -> None:
    """Relays, decider, notifier and recorder are killed again and again while three classes are reported.
    Whatever they were doing, once they live again (and the dead letters have been sent back) all guardians
    have one mail.
    """
    cloud, dice, over = school.cloud, random.Random(7), threading.Event()
    killed: list[str] = []

    def executioner() -> None:
        while not over.wait(dice.uniform(0.05, 0.3)):
            function = dice.choice((*RELAYS, DECIDE, DELIVER, DELIVER, RECORD))
            killed.extend([function] * faults.kill(cloud, function))

    away: list[NewPupil] = []
    with Between(cloud, DELIVER, "SESV2") as mail:
        thread = threading.Thread(target=executioner)
        thread.start()
        try:
            for _ in range(3):
                lesson, pupils = families.take(3)
                miss(school, lesson, pupils)
                away += pupils
            time.sleep(3)
            eventually(lambda: len(set(killed)) > 1)  # a busy machine starts them late
        finally:
            over.set()
            thread.join()
        _recover(cloud, families, away, mail)


def _recover(cloud: Cloud, families: Families, pupils: list[NewPupil], mail: Between) -> None:
    """What time does in AWS: SES's events arrive, leases run out, and somebody sends the dead letters
    back.
    """

    def recovered() -> bool:
        faults.receipts(mail)
        faults.age_claims(cloud, pupils)
        for name in CONSUMERS:
            faults.redrive(cloud, name)
        return all(families.known(pupil) for pupil in pupils)

    eventually(recovered, patience=90)
    families.all_told(pupils)


def test_the_notifier_dies_before_the_mail_has_left(school: Deployed, families: Families) -> None:
    """Killed between claim and send: the repeat waits for the lease, and after it sends."""
    lesson, (pupil,) = families.take(1)
    with Between(school.cloud, DELIVER, "SESV2") as mail:
        mail.plans.append(mail.kill_before)
        miss(school, lesson, [pupil])
        eventually(lambda: not mail.plans and _states(school, pupil).count("claimed") == 1)
        time.sleep(2)  # it has come again, and left the claim alone
        assert sum(families.mails([pupil]).values()) < 2
        eventually(lambda: faults.age_claims(school.cloud, [pupil]) == 1)
        families.all_told([pupil])


def test_the_notifier_dies_after_the_mail_has_left(school: Deployed, families: Families) -> None:
    """Killed between send and settle: SES's event settles the claim, and the repeat after the lease sends
    nothing.
    """
    lesson, (pupil,) = families.take(1)
    with Between(school.cloud, DELIVER, "SESV2") as mail:
        mail.plans.append(mail.kill_after)
        miss(school, lesson, [pupil])
        eventually(lambda: mail.taken and "claimed" in _states(school, pupil))
        faults.receipts(mail)
        families.all_told([pupil])
        assert faults.age_claims(school.cloud, [pupil]) == 0


@pytest.mark.parametrize("moment", ["kill_before", "kill_after"])
def test_the_relays_die_at_the_bus(school: Deployed, families: Families, moment: str) -> None:
    """Both relays are killed before the bus has the facts, or after it has them but before the relay knows.
    They are published again: the first loses nothing, the second (each fact comes twice) tells nobody twice.
    """
    lesson, pupils = families.take(1)
    with ExitStack() as stack:
        buses = [stack.enter_context(Between(school.cloud, relay, "EVENTBRIDGE")) for relay in RELAYS]
        for bus in buses:
            bus.plans.append(getattr(bus, moment))
        miss(school, lesson, pupils)
        families.all_told(pupils)
        assert not [bus.plans for bus in buses if bus.plans]
        if moment == "kill_after":
            eventually(lambda: all(map(_said_twice, buses)))
        else:
            assert not any(map(_said_twice, buses))


def _said_twice(bus: Between) -> bool:
    said = [entry["Detail"] for call in bus.taken for entry in call["Entries"]]
    return len(said) > len(set(said))


def test_every_fact_again_and_backwards(school: Deployed, families: Families) -> None:
    """Every fact the school has ever told comes again twice, the second time in reverse: no mail, and the
    tables of attendance and messages are what they were.
    """
    lesson, pupils = families.take(2)
    miss(school, lesson, pupils)
    families.all_told(pupils)
    faults.quiet(school.cloud)  # also whoever counts what the lesson says
    mails, before = len(school.cloud.messages()), _tables(school)
    told = faults.facts(school.cloud)
    assert {"attendance.LessonReported.v1", "messages.NoticeDelivered.v1"} <= {fact["type"] for fact in told}
    faults.publish(school.cloud, told)
    faults.publish(school.cloud, told[::-1])
    faults.quiet(school.cloud)
    assert len(school.cloud.messages()) == mails
    assert _tables(school) == before


def test_a_source_that_stops_loses_nothing(school: Deployed, families: Families) -> None:
    """A relay's stream or a consumer's queue is not read for a while, one after the other; when it is again,
    all is told.
    """
    away: list[NewPupil] = []
    for function in (RELAYS[0], DECIDE, DELIVER, RELAYS[1], RECORD):
        lesson, pupils = families.take(1)
        with faults.switched_off(school.cloud, function):
            miss(school, lesson, pupils)
            time.sleep(2)
            assert not families.known(pupils[0]), function
        away += pupils
    families.all_told(away)


def test_poison_ends_in_the_dead_letters_and_the_rest_passes(school: Deployed, families: Families) -> None:
    """A notice about a pupil nobody knows is given up after five attempts; the others are not held up. When
    the pupil has been registered, sending the dead letter back delivers it.
    """
    cloud = school.cloud
    lesson, pupils = families.take(1)
    (known,) = families.take(1)[1]
    stranger = person_row(known) | {"id": new_id(), "civicNo": None, "email": None, "phone": None}
    notice = faults.a_notice(stranger["id"], school.world.unit)
    broken = notice | {"id": new_id(), "data": notice["data"] | {"day": "soon"}}
    faults.publish(cloud, [notice, broken])
    miss(school, lesson, pupils)
    families.all_told(pupils)
    eventually(lambda: faults.waiting(cloud, f"{DELIVER}-dlq") == 2)
    assert faults.waiting(cloud, DELIVER) == 0

    custody = [{"person": g.guardian_id, "relationType": "Vårdnadshavare"} for g in known.guardians]
    import_files(cloud, {f"register/persons/{new_id()}.jsonl": [stranger | {"responsibles": custody}]})
    assert faults.redrive(cloud, f"{DELIVER}") == 2
    eventually(lambda: set(families.mails([known]).values()) == {1})
    eventually(lambda: faults.waiting(cloud, f"{DELIVER}-dlq") == 1)  # what is broken stays broken
    cloud.client("sqs").purge_queue(QueueUrl=faults.queue(cloud, f"{DELIVER}-dlq"))
    assert faults.waiting(cloud, DELIVER) == 0


@pytest.mark.parametrize("refusal", ["MessageRejected", "SendingPausedException"])
def test_a_provider_that_refuses_for_a_while(school: Deployed, families: Families, refusal: str) -> None:
    """SES takes nothing from this sender (not verified, paused), and then does again: both guardians get one
    mail, and nobody is noted as one who cannot be reached.
    """
    lesson, (pupil,) = families.take(1)
    with Between(school.cloud, DELIVER, "SESV2") as mail:
        mail.plans.append(mail.refuse(400, refusal))
        miss(school, lesson, [pupil])
        families.all_told([pupil])


def _states(school: Deployed, pupil: NewPupil) -> list[str]:
    return [item["state"]["S"] for item in faults.deliveries(school.cloud, [pupil])]


def _tables(school: Deployed) -> list[object]:
    """What attendance and messages have stored, without what they have said, and without the marks of days
    to be counted anew in the night: a fact that comes again sets them again.
    """
    return [
        {key: row for key, row in stored(school.cloud, area).items() if row["kind"] != {"S": "counted_due"}}
        for area in ("attendance", "messages")
    ]
