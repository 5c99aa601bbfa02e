"""Round trips and write units of notices of absence, as DynamoDB counts them (process 19)."""

from __future__ import annotations

from skolkit.sweden.calendar import SchoolYear
from tests.integration.attendance.conftest import Morning, span
from tests.integration.attendance.test_phone import choose, only_child, outcome, ring, which
from tests.integration.attendance.test_series import weekly
from tests.support.areas import run_schedule
from tests.support.meter import Use, metered


def test_costs_are_bounded(morning: Morning) -> None:
    """A school year of weeks is the dearest, and is one transaction of 45 items or so."""
    mentor, (one, other, third, *_) = morning.world.klass.mentor_ids[0], morning.world.classmates()
    home = one.guardians[0].guardian_id
    day = morning.next_school_day()
    later = {"notices": [{"pupil": one.id, **span(day)}]}
    uses: dict[str, Use] = {}
    both = {"notices": [{"pupil": p.id, **span(morning.day)} for p in (one, other)]}
    with metered() as uses["two children"]:
        assert morning.ask("report_absences", mentor, both).status == 201
    with metered() as uses["one child"]:
        assert morning.ask("report_absences", home, later, key="one-child").status == 201
    body = weekly(morning.day, SchoolYear.of(morning.day).end)
    with metered() as uses["series"]:
        made = morning.ask("start_series", third.guardians[0].guardian_id, body, pupil=third.id)
    assert made.status == 201, made.body
    child, guardian = only_child(morning)
    choose(guardian)
    with metered() as uses["call"]:
        assert outcome(ring(kind="tomorrow", **which(child))) in ("reported", "noSchool", "alreadyReported")
    with metered() as uses["refused call"]:
        assert outcome(ring("9071")) == "refused"
    morning.wake(morning.next_school_day())
    with metered() as uses["morning"]:
        run_schedule("attendance", "ask_homes")
    for name, use in uses.items():
        print(f"{name:12} {use.trips} trips {use.reads} RRU {use.writes} WRU {use.operations}")
    occasions = len(made.body["occasions"])
    assert uses["one child"].trips <= 4
    assert uses["two children"].trips <= 13  # by the school: whose pupils they are is asked of each
    assert uses["series"].trips <= 4
    assert uses["series"].writes <= 2 * occasions + 20
    assert uses["call"].trips <= 13
    assert uses["refused call"].trips <= 7
    assert uses["morning"].trips <= 8 + 5 * 3  # who was reported ill, at most
