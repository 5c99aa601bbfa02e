"""Care in a register extract: what is said of the child's times, what places give, when it came and went."""

from __future__ import annotations

from datetime import date

from functions.attendance.domain.care import Hours
from functions.attendance.store import care as store
from functions.attendance.usecases.care_hours import events_of
from skolkit.clock import stamp, today
from skolkit.extracts import Section, section
from skolkit.sweden.calendar import SchoolYear
from skolkit.types import PersonId

YEARS = 2  # as long as it is kept: the school year and one more


def gather(person: PersonId) -> list[Section]:
    """A query for what is said, one for groups, and a batch read per hundred days at a department."""
    care = store.read_child(person, date.min)
    since = SchoolYear(SchoolYear.of(today()).start_year - YEARS).start
    happened = events_of([person], since, today()) if care.plan.version or care.days else []
    return [
        section(
            "attendance.care", "Scheman för vistelsetid", "Schedules of care hours",
            {
                "first": ("Från", "From"), "last": ("Till", "To"), "state": ("Läge", "State"),
                "hours": ("Vecka, veckodag, tid", "Week, weekday, time"),
            },
            [
                [str(s.start), str(s.end), s.state,
                 "; ".join(f"{e.week} {e.weekday} {e.hours.start:%H:%M}–{e.hours.end:%H:%M}"
                           for e in s.entries)]
                for s in care.plan.schedules
            ],
        ),
        section(
            "attendance.care", "Ändrade dagar och svar om lov", "Changed days and answers about holidays",
            {"day": ("Dag", "Day"), "what": ("Vad", "What"), "hours": ("Tid", "Time")},
            [
                [str(day), f"{c.kind} {c.state}", _times(c.hours)]
                for day, (changes, _) in sorted(care.days.items()) for c in changes.values()
            ] + [
                [str(day), "lov", _times(hours)]
                for days, _ in care.answers.values() for day, homes in sorted(days.items())
                for hours in homes.values()
            ],
        ),
        section(
            "attendance.care", "Tid som placeringen ger", "Time that the place gives",
            {"first": ("Från", "From"), "allowed": ("Tid", "Time"), "basis": ("Grund", "Ground")},
            [[str(a.start), a.kind, a.basis] for a in care.plan.allowances],
        ),
        section(
            "attendance.care", "In- och utcheckning", "Coming and going",
            {
                "at": ("Tid", "Time"), "type": ("Kom eller gick", "Came or left"),
                "picked": ("Hämtad av", "Picked up by"), "corrects": ("Rättelse", "Correction"),
            },
            [
                [stamp(e.time), e.type, e.picked_up_by, "ja" if e.corrects else "nej"]
                for _, e in happened
            ],
        ),
    ]  # fmt: skip


def _times(hours: tuple[Hours, ...]) -> str:
    return ", ".join(f"{h.start:%H:%M}–{h.end:%H:%M}" for h in hours)
