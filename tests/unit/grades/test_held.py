"""What the end of a chain keeps is what the whole chain says, whichever periods are published."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from functions.grades.domain.catalogue import Entry, Subject, chained, standing
from functions.grades.domain.held import Held, Stand, as_held
from functions.grades.store import catalogue
from functions.grades.store.catalogue import Head
from skolkit.sweden.codes import SchoolForm
from skolkit.types import PersonId, UnitId, new_id

AT = datetime(2026, 6, 1, 8, tzinfo=UTC)
PUPIL, UNIT = PersonId(new_id()), UnitId(new_id())
PERIODS = ("first", "second", "third")


def entry(number: int, code: str, value: str, period: str | None, *, trial: bool = False) -> Entry:
    return Entry(
        id=f"e{number}", pupil=PUPIL, kind="trial" if trial else "decision",
        subject=Subject(code=code, name=code, form=SchoolForm.COMPULSORY), value=value, scale="gr-2011",
        at=AT + timedelta(days=number), unit=UNIT, school_year="2025/2026", term="VT", year=8, period=period,
        trial=trial, remark="Anm." if value == "A" else "",
    )  # fmt: skip


@st.composite
def chains(draw: st.DrawFn) -> tuple[Entry, ...]:
    """Decisions, trials, and corrections of what came before, of several periods in any order."""
    made: list[Entry] = []
    for number in range(draw(st.integers(0, 12))):
        one = entry(
            number, draw(st.sampled_from(["MA", "EN"])), draw(st.sampled_from("ACEF-")),
            draw(st.sampled_from([*PERIODS, None])), trial=draw(st.booleans()),
        )  # fmt: skip
        old = draw(st.sampled_from([None, *made]))
        made.append(
            replace(one, kind="correction", replaces=old.id, subject=old.subject, trial=False) if old else one
        )
    return chained(made, 0, "")


def appended(head: Head, one: Entry, known: Sequence[Entry]) -> tuple[Head, Entry]:
    """An entry put after the last one, and the end of the chain as it is read from the table again."""
    rows, (made,) = catalogue.append(head, [one], known if one.replaces else None)
    (item,) = [row for row in rows if isinstance(row, catalogue.HeadItem)]
    wanted = catalogue.wanted_heads([PUPIL])
    return wanted.answer({wanted.keys[0]: item})[PUPIL], made


def expected(chain: Sequence[Entry]) -> dict[str, Held]:
    return {key: as_held(one) for key, one in standing(chain).items()}


@given(chains(), st.sets(st.sampled_from(PERIODS)))
def test_a_home_sees_what_the_published_part_of_the_chain_says(
    chain: tuple[Entry, ...], published: set[str]
) -> None:
    head = Head(PUPIL)
    for number, one in enumerate(chain):
        head, made = appended(head, one, chain[:number])
        assert made == one
    stand = head.stand
    assert dict(stand.held) == expected(chain)
    whole = Stand.of(chain)
    assert (whole.held, whole.periods, whole.before) == (stand.held, stand.periods, stand.before)
    seen = stand.seen(published)
    if seen is not None:
        assert dict(seen) == expected([e for e in chain if e.period is None or e.period in published])
    hidden = {e.period for e in chain if e.period} - published
    assert (seen is None) == bool(hidden - ({stand.periods[-1]} if stand.periods else set()))


def test_until_the_last_period_is_published_a_home_sees_the_one_before() -> None:
    stand = Stand().followed(
        [entry(1, "MA", "C", "first"), entry(2, "MA", "B", "second"), entry(3, "EN", "A", "second")]
    )
    before, after = stand.seen({"first"}), stand.seen({"first", "second"})
    assert before is not None
    assert after is not None
    assert [one.value for one in before.values()] == ["C"]
    assert [one.value for one in after.values()] == ["B", "A"]
    assert stand.seen(set()) is None
