"""The same day (process 21): what the queues have lost or nobody has reported is found by the evening sweep,
which sees to it and tells the principal.
"""

from __future__ import annotations

from typing import Any

import pytest

from skolkit.sweden.calendar import SchoolYear, default_calendar
from skolkit.types import new_id
from tests.support import faults
from tests.support.deployed import Deployed, eventually
from tests.support.scenes import hours_ago, little_school, miss, plan, refused, swept_day

PROCESSES = (21,)


@pytest.fixture
def own(school: Deployed) -> Deployed:
    return little_school(school, "99990132")


def sweep(own: Deployed, by: Any = None) -> Any:
    own.invoke("attendance", "evening_sweep")
    return own.call(
        "attendance", "read_sweep", by or own.world.staff("principal"), path={"unit": own.world.unit},
        query={"date": swept_day().isoformat()},
    )  # fmt: skip


def test_the_evening_finds_what_was_lost(own: Deployed) -> None:
    """The decider's queue is emptied before it is read, as if it had never been. The sweep says it again, the
    guardians are told, and the next sweep counts them as delivered; a third changes nothing. On a day without
    school there is no sweep.
    """
    lessons, pupil = plan(own, hours_ago(3)), own.world.classmates()[0]
    with faults.switched_off(own.cloud, faults.DECIDE):
        miss(own, lessons[0], [pupil])
        eventually(lambda: faults.waiting(own.cloud, faults.DECIDE))
        own.cloud.client("sqs").purge_queue(QueueUrl=faults.queue(own.cloud, faults.DECIDE))
    miss(own, lessons[1], [])
    faults.quiet(own.cloud)
    assert told(own, pupil) == 0

    first = sweep(own)
    if not default_calendar(SchoolYear.of(swept_day())).is_school_day(swept_day()):
        refused(first, 404, "not-found")
        return
    counts = first.body["counts"]
    assert (counts["unexcusedLessons"], counts["due"]) == (1, 1)
    assert counts["unreportedLessons"] >= 1
    eventually(lambda: told(own, pupil) == 2)
    faults.quiet(own.cloud)
    for _ in range(2):
        counts = sweep(own).body["counts"]
        assert (counts["unexcusedLessons"], counts["delivered"], counts.get("due", 0)) == (1, 1, 0)
    faults.quiet(own.cloud)
    assert told(own, pupil) == 2
    swept = [f["data"] for f in faults.facts(own.cloud) if f["type"] == "attendance.EveningSwept.v1"]
    assert [s["counts"] for s in swept if s["unit"] == own.world.unit][-1] == counts

    refused(sweep(own, by=own.world.klass.mentor_ids[0]), 404, "not-found")
    unknown = own.call("attendance", "read_sweep", own.world.staff("principal"), path={"unit": new_id()})
    refused(unknown, 404, "not-found")


def test_a_notice_of_absence_that_comes_first_keeps_the_home_undisturbed(own: Deployed) -> None:
    """Reported for today, missed today: nothing is sent. (Of a day that has passed nothing can be
    reported.)
    """
    pupil, guardian = own.world.classmates()[1], own.world.classmates()[1].guardians[0].guardian_id
    day = swept_day().isoformat()
    reported = own.call(
        "attendance", "report_absence", guardian, path={"pupil": pupil.id},
        body={"startDate": day, "endDate": day, "reason": "illness"}, headers={"idempotency-key": new_id()},
    )  # fmt: skip
    (lesson,) = plan(own, hours_ago(1))
    miss(own, lesson, [pupil])
    if reported.status == 201:
        faults.quiet(own.cloud)
        assert told(own, pupil) == 0
    else:
        eventually(lambda: told(own, pupil) == 2)


def told(own: Deployed, pupil: Any) -> int:
    """How many mails the pupil's guardians have got."""
    homes = {g.id: g for g in own.world.population.guardians}
    addresses = {homes[g.guardian_id].email for g in pupil.guardians}
    return sum(bool(addresses & set(mail["To"])) for mail in own.cloud.messages())
