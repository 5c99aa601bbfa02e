"""Rules of changing school: transfers without gap or overlap, leaving once, who is told, what letters say."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.register.domain import handover, leaving
from functions.register.domain.certificate import certificate
from functions.register.domain.enrolment import Enrolment, EnrolmentId, OutsideEnrolment, identified
from functions.register.domain.leaving import Destination, Leaving, Transfer
from functions.register.domain.letters import notice_letter
from functions.register.domain.notices import AlreadyMarked, NotSentYet, started
from functions.register.domain.people import NumberSpan, PersonCard
from skolkit.sweden.codes import SchoolForm
from skolkit.types import PersonId, UnitId

PUPIL, BORN = PersonId("pupil"), date(2014, 3, 1)
HERE, THERE = UnitId("here"), UnitId("there")
AT, DAY = datetime(2026, 11, 23, 8, 0, tzinfo=UTC), date(2026, 11, 23)
ADMIN = PersonId("admin")


def at(
    start: date, end: date | None = None, *, year: int | None = 5, unit: UnitId = HERE,
    form: SchoolForm = SchoolForm.COMPULSORY,
) -> Enrolment:  # fmt: skip
    return identified(PUPIL, Enrolment(unit, form, year, start, end), [])


def card(*enrolments: Enrolment, municipality: str | None = "9999", marking: str = "Ingen") -> PersonCard:
    return PersonCard(
        PUPIL, "Elin", "Prov", BORN, marking, enrolments=enrolments, municipality=municipality,  # type: ignore[arg-type]
        numbers=(NumberSpan("201403019874", BORN),),
    )  # fmt: skip


def asked(old: Enrolment, first: date, last: date | None = None, **more: object) -> Transfer:
    made = Transfer(
        id="t", from_unit=old.unit, to_unit=THERE, old=old.id, last_day=last or first - timedelta(days=1),
        first_day=first, year=old.year, school_form=old.school_form, education_code=None, gap_allowed=False,
        asked=AT, asked_by=ADMIN, due=DAY,
    )  # fmt: skip
    return replace(made, **more)  # type: ignore[arg-type]


NOW = at(date(2026, 8, 18))


@given(st.dates(date(2026, 8, 19), date(2027, 6, 1)), st.integers(-5, 5))
def test_a_transfer_leaves_no_day_without_school_and_none_with_two(first: date, shift: int) -> None:
    last = first - timedelta(days=1 - shift)
    try:
        changed, new = leaving.transfer(PUPIL, [NOW], asked(NOW, first, last), BORN)
    except (leaving.TransferGap, leaving.TransferOverlap, OutsideEnrolment):
        assert shift != 0
        return
    (old,) = [e for e in changed if e.id == NOW.id]
    assert shift == 0
    assert old.end == new.start - timedelta(days=1)
    assert (old.leaving, new.unit, new.id != old.id) == ("changedUnit", THERE, True)


def test_the_summer_is_no_gap_and_another_may_be_allowed() -> None:
    summer = asked(NOW, date(2027, 8, 18), date(2027, 6, 11), year=6)
    leaving.transfer(PUPIL, [NOW], summer, BORN)
    gap = asked(NOW, date(2026, 12, 7), date(2026, 12, 4))
    with pytest.raises(leaving.TransferGap):
        leaving.transfer(PUPIL, [NOW], gap, BORN)
    leaving.transfer(PUPIL, [NOW], replace(gap, gap_allowed=True), BORN)
    with pytest.raises(leaving.SameUnit):
        leaving.transfer(PUPIL, [NOW], replace(gap, to_unit=HERE), BORN)


def test_coming_years_at_the_old_unit_are_cancelled() -> None:
    this, coming = at(date(2026, 8, 18), date(2027, 6, 30)), at(date(2027, 7, 1), year=6)
    changed, new = leaving.transfer(PUPIL, [this, coming], asked(this, date(2027, 1, 11)), BORN)
    assert {e.id: e.cancelled for e in changed} == {this.id: False, coming.id: True, new.id: False}
    assert new.end == date(2027, 6, 30)


def test_leaving_ends_what_is_and_cancels_what_would_be() -> None:
    fritids = at(date(2026, 8, 18), year=None, form=SchoolForm.AFTER_SCHOOL_CENTRE)
    coming = at(date(2027, 7, 1), year=6)
    before = at(date(2020, 8, 18), date(2026, 6, 30))
    this = replace(NOW, end=date(2027, 6, 30))
    changed = leaving.leave([before, this, fritids, coming], DAY, "abroad")
    assert {e.id: (e.end, e.cancelled) for e in changed} == {
        this.id: (DAY, False), fritids.id: (DAY, False), coming.id: (None, True)
    }  # fmt: skip
    assert {e.leaving for e in changed} == {"abroad"}
    with pytest.raises(leaving.AlreadyLeft):
        leaving.leave([before, *changed], DAY, "abroad")


def case(reason: str, **destination: str) -> Leaving:
    opened = leaving.open_case("c", NOW, AT, "admin")
    return opened.decide(ADMIN, AT, DAY, reason, Destination(**destination))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("left", "home", "told"),
    [
        (case("otherMunicipality", municipality="0180"), "9999",
         [("homeMunicipality", "0180"), ("nextOrganiser", "0180"), ("home", "")]),
        (case("independentSchool", organisation="2120000142"), "9999",
         [("nextOrganiser", "2120000142"), ("home", "")]),
        (case("independentSchool", organisation="2120000142"), "0180",
         [("homeMunicipality", "0180"), ("nextOrganiser", "2120000142"), ("home", "")]),
        (case("finished"), "0180", [("homeMunicipality", "0180")]),
        (case("abroad"), None, [("home", "")]),
        (case("deceased"), "0180", []),
    ],
)  # fmt: skip
def test_who_is_told_that_a_pupil_left(left: Leaving, home: str | None, told: list[tuple[str, str]]) -> None:
    """Skollagen 7:22; skolförordningen 6:17–18."""
    made = leaving.notices(left, card(NOW, municipality=home), "9999", ["1", "2", "3"], ADMIN, AT)
    assert [(n.recipient, n.code) for n in made] == told
    assert {n.due for n in made} <= {DAY + timedelta(days=5)}


def test_a_case_is_decided_once_and_a_notice_marked_once() -> None:
    left = case("abroad")
    with pytest.raises(leaving.AlreadyDecided):
        left.decide(ADMIN, AT, None, None, Destination())
    (notice,) = leaving.notices(left, card(NOW), "9999", ["1", "2", "3"], ADMIN, AT)
    with pytest.raises(NotSentYet):
        notice.marked_acknowledged(ADMIN, AT)
    sent = notice.marked_sent(ADMIN, AT, "letter")
    with pytest.raises(AlreadyMarked):
        sent.marked_sent(ADMIN, AT, "letter")
    assert (notice.waits_until, sent.waits_until) == (DAY + timedelta(days=5), None)
    done = replace(sent, recipient="homeMunicipality").marked_acknowledged(ADMIN, AT)
    assert done.waits_until is None
    with pytest.raises(AlreadyMarked):
        done.marked_acknowledged(ADMIN, AT)


def test_the_home_municipality_hears_of_a_start_once() -> None:
    assert started("n", card(municipality="0180"), NOW, "9999", ADMIN, AT)
    assert started("n", card(municipality="9999"), NOW, "9999", ADMIN, AT) is None
    assert started("n", card(municipality=None), NOW, "9999", ADMIN, AT) is None
    assert started("n", card(NOW, municipality="0180"), NOW, "9999", ADMIN, AT) is None
    fritids = replace(NOW, school_form=SchoolForm.AFTER_SCHOOL_CENTRE)
    assert started("n", card(municipality="0180"), fritids, "9999", ADMIN, AT) is None


def test_the_certificate_tells_years_stays_and_repeated_years() -> None:
    rows = [
        at(date(2024, 8, 19), date(2025, 6, 30), year=4, unit=THERE),
        at(date(2025, 8, 18), date(2026, 6, 30), year=5),
        at(date(2026, 8, 18), year=5),
        replace(at(date(2023, 8, 18), unit=THERE), cancelled=True),
    ]
    part = certificate(rows, case("abroad"), DAY)
    assert (part.year_left, part.last_day, part.repeated) == (5, DAY, ((5, "2026/27"),))
    assert [(s.unit, s.start, s.end) for s in part.stays] == [
        (THERE, date(2024, 8, 19), date(2025, 6, 30)),
        (HERE, date(2025, 8, 18), None),
    ]


def test_a_letter_escapes_and_hides() -> None:
    odd = replace(card(NOW), given_name="<b>Elin</b>")
    (notice,) = leaving.notices(case("abroad"), odd, "9999", ["1"], ADMIN, AT)
    letter = notice_letter(notice, odd, "Provskolan", None, "abroad")
    assert "&lt;b&gt;Elin" in letter.html()
    assert "<b>" not in letter.html()
    assert "201403019874" in letter.text()
    hidden = notice_letter(notice, card(NOW, marking="Sekretessmarkering"), "Provskolan", None, "abroad")
    for secret in ("Elin", "201403019874"):
        assert secret not in hidden.html() + hidden.text()


def test_a_package_is_the_same_every_time_and_says_what_is_missing() -> None:
    left = case("abroad")
    part = certificate([NOW], left, DAY)
    made = [handover.content(handover.package(card(NOW), left, part, {}, None, DAY)) for _ in "ab"]
    assert made[0] == made[1]
    assert b'"grades": "notHandedIn"' in made[0]
    with pytest.raises(handover.NotLeft):
        handover.check(card(NOW), leaving.open_case("c", NOW, AT, "x"), None)
    with pytest.raises(handover.DecisionNeeded):
        handover.check(card(NOW, marking="Sekretessmarkering"), left, None)
    assert EnrolmentId("") == Enrolment(HERE, SchoolForm.ADULT, None, DAY).id
