"""When the schools have no more to do with somebody: what the time of contact details is counted from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from functions.register.domain.enrolment import Enrolment
from functions.register.domain.people import PersonCard, age

LEAST_AGE = 20  # until then the municipality may have to reach somebody without a school (skollagen 29:9)


def education_end(enrolments: Iterable[Enrolment]) -> date | None:
    """The last day of the last enrolment; None for none, and while one has no end."""
    ends = [e.end for e in enrolments if not e.cancelled]
    return None if not ends or None in ends else max(end for end in ends if end)


def child_end(of_age: date, relation_end: date | None, child: Iterable[Enrolment]) -> date:
    """The last day an adult is reached about a child: when the education, the relation or the childhood
    ends, whichever is first.
    """
    known = (relation_end, education_end(child))
    return min([of_age, *(day for day in known if day)])


def tie_end(
    card: PersonCard, children: Sequence[date], duties: Sequence[date | None], changed: date, day: date
) -> date | None:
    """The day on which the last tie to somebody ended: education, children, duties. Without any it is the day
    of the last change, of an adult; None while something goes on, and for the young without a school.
    """
    enrolled = [e for e in card.enrolments if not e.cancelled]
    own = education_end(enrolled)
    if (enrolled and own is None) or None in duties:
        return None
    ends = [*children, *([own] if own else []), *(end for end in duties if end)]
    if ends:
        return max(ends)
    return changed if age(card.birth_date, day) >= LEAST_AGE else None
