"""Who decides on a grade, what may be saved and decided (skollagen 3:16, 10:22; skolförordningen 6:3–4)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.grades.domain import grading as rules
from functions.grades.domain import grading_refusals as refusals
from functions.grades.domain.catalogue import Decider
from functions.grades.domain.grading import Change, Grader, Line, Sheet
from functions.grades.domain.orders import Vouched
from functions.grades.domain.scales import IllegalValue, scale
from skolkit.sweden.codes import SchoolForm
from skolkit.types import PersonId, UnitId

SCALE = scale(SchoolForm.COMPULSORY, date(2026, 12, 1))
ONE, OTHER, THIRD = (PersonId(name) for name in ("t1", "t2", "t3"))
PUPIL, MATE = PersonId("p1"), PersonId("p2")
MEMBERS = (PUPIL, MATE)
AT = datetime(2026, 12, 18, 13, 5, tzinfo=UTC)
HOW = Vouched(AT, AT - timedelta(minutes=2), 3)
SHEET = Sheet(period="p", activity="a", unit=UnitId("u"), groups=())


def teacher(person: PersonId, *, certified: bool = True, qualified: bool = True) -> Grader:
    return Grader(person=person, certified=certified, qualified=qualified)


def signed(**grades: str) -> Line:
    proposals = {PersonId(person): value for person, value in grades.items()}
    return Line(pupil=PUPIL, proposals=proposals, signed=dict.fromkeys(proposals, HOW))


def change(pupil: PersonId = PUPIL, value: str | None = "C", version: int = 0, **more: object) -> Change:
    return replace(Change(pupil=pupil, version=version, value=value), **more)  # type: ignore[arg-type]


def test_a_certified_teacher_decides_alone_whether_qualified_or_not() -> None:
    for qualified in (True, False):
        alone = teacher(ONE, qualified=qualified)
        assert rules.deciders([alone], None) == (alone,)


def test_of_several_those_decide_who_are_certified() -> None:
    bare, certified = teacher(ONE, certified=False), teacher(OTHER)
    assert rules.deciders([bare, certified], None) == (certified,)
    appointed = teacher(THIRD)
    assert rules.deciders([bare, certified], appointed) == (certified,)


def test_a_teacher_who_is_not_certified_decides_with_one_who_is() -> None:
    bare, appointed = teacher(ONE, certified=False, qualified=False), teacher(OTHER)
    assert rules.deciders([bare], appointed) == (bare, appointed)
    for nobody in (None, teacher(OTHER, certified=False)):
        with pytest.raises(refusals.NoCertifiedTeacher):
            rules.deciders([bare], nobody)
    with pytest.raises(refusals.NoCertifiedTeacher):
        rules.deciders([], appointed)


def test_subjects_that_take_no_certification_are_decided_on_alone() -> None:
    bare = teacher(ONE, certified=False)
    assert rules.deciders([bare], None, alone=True) == (bare,)


@pytest.mark.parametrize(
    ("who", "grades", "value", "by"),
    [
        ([teacher(ONE)], {"t1": "B"}, "B", ["t1"]),
        ([teacher(ONE), teacher(OTHER)], {"t1": "B", "t2": "B"}, "B", ["t1", "t2"]),
        ([teacher(ONE), teacher(OTHER)], {"t1": "B", "t2": "C"}, None, []),
        ([teacher(ONE, qualified=False), teacher(OTHER)], {"t1": "B", "t2": "C"}, "C", ["t2"]),
        ([teacher(ONE, qualified=False), teacher(OTHER, qualified=False)], {"t1": "B", "t2": "C"}, None, []),
        # 3:16 second paragraph: with an uncertified teacher the certified one decides if qualified
        ([teacher(ONE, certified=False), teacher(OTHER)], {"t1": "B", "t2": "C"}, "C", ["t2"]),
        ([teacher(ONE, certified=False), teacher(OTHER, qualified=False)], {"t1": "B", "t2": "C"}, None, []),
        # SkolF 6:4: of three certified the qualified ones, if they agree
        (
            [teacher(ONE), teacher(OTHER), teacher(THIRD, qualified=False)],
            {"t1": "B", "t2": "B", "t3": "A"}, "B", ["t1", "t2"],
        ),
        (
            [teacher(ONE), teacher(OTHER), teacher(THIRD, qualified=False)],
            {"t1": "B", "t2": "C", "t3": "B"}, None, [],
        ),
    ],
)  # fmt: skip
def test_who_of_those_who_disagree_decides(
    who: list[Grader], grades: dict[str, str], value: str | None, by: list[str]
) -> None:
    found = rules.verdict(who, signed(**grades))
    assert (found.value, [g.person for g in found.by], found.waits_for) == (value, by, ())
    expected = "awaitsPrincipal" if value is None else "awaitsColleague"
    assert rules.standing_of(signed(**grades), who) == expected  # no entry yet


GRADERS = st.lists(
    st.builds(
        teacher, st.sampled_from([ONE, OTHER, THIRD]), certified=st.booleans(), qualified=st.booleans()
    ),
    min_size=1, max_size=3, unique_by=lambda g: g.person,
)  # fmt: skip


@given(GRADERS, st.lists(st.sampled_from("ABCDEF"), min_size=3, max_size=3))
def test_no_grade_is_made_up_and_the_order_of_teachers_does_not_matter(
    who: list[Grader], values: list[str]
) -> None:
    line = signed(**{g.person: value for g, value in zip(who, values, strict=False)})
    found, turned = rules.verdict(who, line), rules.verdict(who[::-1], line)
    assert (found.value, set(found.by)) == (turned.value, set(turned.by))
    if found.value is not None:
        assert all(line.proposals[g.person] == found.value for g in found.by)
        assert len(set(line.proposals.values())) == 1 or all(g.certified and g.qualified for g in found.by)


@given(GRADERS)
def test_nothing_is_decided_before_all_have_decided(who: list[Grader]) -> None:
    line = replace(signed(**{g.person: "C" for g in who}), signed={who[0].person: HOW})
    found = rules.verdict(who, line)
    assert found.waits_for == tuple(g.person for g in who[1:])
    assert (found.value is None) == bool(who[1:])


def test_saving_takes_all_lines_or_none() -> None:
    saved = rules.save(SHEET, [change(), change(MATE, "-")], ONE, MEMBERS, SCALE)
    assert {pupil: line.version for pupil, line in saved.lines.items()} == {PUPIL: 1, MATE: 1}
    for wrong, refusal in (
        (change(MATE, "G"), IllegalValue),
        (change(PersonId("gone"), "C"), refusals.NotInGroup),
        (change(MATE, "C", reads=False), refusals.NotReadAndGraded),
    ):
        with pytest.raises(refusal):
            rules.save(SHEET, [change(), wrong], ONE, MEMBERS, SCALE)


def test_what_was_changed_meanwhile_is_named_and_a_repeat_does_no_harm() -> None:
    saved = rules.save(SHEET, [change(), change(MATE)], ONE, MEMBERS, SCALE)
    assert rules.save(saved, [change(), change(MATE)], ONE, MEMBERS, SCALE) == saved
    with pytest.raises(refusals.LinesChanged) as refused:
        rules.save(saved, [change(value="B"), change(MATE, "B", version=1)], ONE, MEMBERS, SCALE)
    assert [fault.field for fault in refused.value.faults] == [f"lines.{PUPIL}"]


def test_a_changed_line_is_decided_anew_by_those_it_concerns() -> None:
    line = replace(signed(t1="B", t2="B"), version=4)
    sheet = replace(SHEET, lines={PUPIL: line})
    own = rules.save(sheet, [change(value="C", version=4)], ONE, MEMBERS, SCALE).lines[PUPIL]
    assert own.signed == {OTHER: HOW}
    shared = rules.save(sheet, [change(value="B", version=4, remark="Ny")], ONE, MEMBERS, SCALE)
    assert shared.lines[PUPIL].signed == {}


def test_deciding_twice_is_deciding_once() -> None:
    who, pair = [teacher(ONE)], [teacher(ONE), teacher(OTHER)]
    sheet = rules.save(SHEET, [change(value="B")], ONE, MEMBERS, SCALE)
    after, made = rules.decide(sheet, [PUPIL, PUPIL], ONE, HOW, who, MEMBERS, {PUPIL: False}, work=False)
    assert [(one.value, one.deciders) for one in made] == [
        ("B", (Decider(person=ONE, certified=True, qualified=True),))
    ]
    waiting, none = rules.decide(sheet, [PUPIL], ONE, HOW, pair, MEMBERS, {PUPIL: False}, work=False)
    assert none == []
    assert rules.decide(waiting, [PUPIL], ONE, HOW, pair, MEMBERS, {PUPIL: False}, work=False) == (
        waiting,
        [],
    )
    put = rules.put(after, {PUPIL: ("entry", "B")})
    with pytest.raises(refusals.DecidedAlready):
        rules.decide(put, [PUPIL], ONE, HOW, who, MEMBERS, {PUPIL: False}, work=False)
    with pytest.raises(refusals.DecidedAlready):
        rules.save(put, [change(value="A", version=2)], ONE, MEMBERS, SCALE)


def test_a_colleague_who_has_left_is_waited_for_no_more_and_what_was_decided_then_is_decided_anew() -> None:
    pair, later = [teacher(ONE), teacher(OTHER)], replace(HOW, at=AT + timedelta(days=1))
    sheet = rules.save(SHEET, [change(value="B")], ONE, MEMBERS, SCALE)
    waiting, _ = rules.decide(sheet, [PUPIL], ONE, HOW, pair, MEMBERS, {PUPIL: False}, work=False)
    _, (made,) = rules.decide(waiting, [PUPIL], ONE, later, pair[:1], MEMBERS, {PUPIL: False}, work=False)
    assert (made.value, made.vouched) == ("B", {ONE: later})


ACTS = st.lists(
    st.tuples(
        st.sampled_from([ONE, OTHER, THIRD]), st.sampled_from(["save", "decide"]), st.sampled_from("AC"),
        st.sampled_from(["", "anmärkning"]),
    ),
    max_size=14,
)  # fmt: skip


@given(GRADERS, ACTS)
def test_each_decision_rests_on_the_last_word_of_every_decider_with_that_ones_own_sign_in(
    who: list[Grader], acts: list[tuple[PersonId, str, str, str]]
) -> None:
    """Whatever three teachers save and decide in whichever order: a decision has the sign-in of each of those
    who made it and of nobody else, from when they last decided on just that; what was changed since is
    decided anew.
    """
    sheet = SHEET
    said = dict[PersonId, tuple[Vouched, str, str]]()  # what each decided on last: own grade, what is shared
    for n, (by, act, value, remark) in enumerate(acts):
        how = Vouched(AT + timedelta(minutes=n), AT + timedelta(minutes=n - 1), n % 5)
        line = sheet.line(PUPIL)
        if act == "save":
            what = change(value=value, version=line.version, remark=remark)
            sheet = rules.save(sheet, [what], by, MEMBERS, SCALE)
            continue
        try:
            sheet, made = rules.decide(sheet, [PUPIL], by, how, who, MEMBERS, {PUPIL: False}, work=False)
        except (refusals.NotADecider, refusals.NothingProposed):
            continue
        line = sheet.line(PUPIL)
        if line.signed[by] == how:
            said[by] = (how, line.proposals[by], line.remark)
        for person, vouched in line.signed.items():
            assert (vouched, line.proposals[person], line.remark) == said[person]
        for one in made:
            assert one.vouched == {d.person: line.signed[d.person] for d in one.deciders}
            assert all(line.proposals[d.person] == one.value for d in one.deciders)
            return


@pytest.mark.parametrize(
    ("value", "finished", "work", "refusal"),
    [
        ("F", True, False, refusals.SupportMissing), ("F", False, False, None), ("-", True, False, None),
        ("E", True, True, refusals.TitleMissing), ("E", True, False, None), ("-", True, True, None),
    ],
)  # fmt: skip
def test_what_a_decision_comes_with(
    value: str, finished: bool, work: bool, refusal: type[Exception] | None
) -> None:
    line = Line(pupil=PUPIL)
    if refusal is None:
        rules.check_whole(line, value, finished=finished, work=work)
        return
    with pytest.raises(refusal):
        rules.check_whole(line, value, finished=finished, work=work)
    whole = replace(line, support="Tjugo tecken eller mer", title="Ett arbete")
    rules.check_whole(whole, value, finished=finished, work=work)


def test_the_principal_decides_where_teachers_disagree_or_are_hindered() -> None:
    who = [teacher(ONE), teacher(OTHER)]

    def decided(line: Line, reason: rules.Hindrance) -> rules.Decided:
        sheet = replace(SHEET, lines={PUPIL: line})
        return rules.decide_as_principal(
            sheet, PUPIL, "B", reason, THIRD, HOW, who, MEMBERS, finished=False, work=False, scale=SCALE
        )

    assert decided(signed(t1="A", t2="C"), "disagreement").deciders[0].role == "principal"
    for line, reason in ((signed(t1="A", t2="A"), "disagreement"), (signed(t1="A", t2="C"), "hindered")):
        with pytest.raises(refusals.NotForThePrincipal):
            decided(line, reason)  # type: ignore[arg-type]
    assert decided(signed(t1="A"), "hindered").value == "B"


def test_who_did_not_decide_vouches_for_nothing() -> None:
    who, mine = [teacher(ONE, qualified=False), teacher(OTHER)], replace(HOW, level=4)
    line = replace(signed(t1="B"), proposals={ONE: "B", OTHER: "C"})
    sheet = replace(SHEET, lines={PUPIL: line})
    _, (made,) = rules.decide(sheet, [PUPIL], OTHER, mine, who, MEMBERS, {PUPIL: False}, work=False)
    assert (made.value, made.vouched) == ("C", {OTHER: mine})


def test_undecided_are_those_with_neither_a_decision_nor_a_mark() -> None:
    lines = {
        PUPIL: Line(pupil=PUPIL, entry="e", value="B"), MATE: Line(pupil=MATE, reads=False),
        THIRD: Line(pupil=THIRD, proposals={ONE: "A"}),
    }  # fmt: skip
    assert rules.undecided(replace(SHEET, lines=lines), [PUPIL, MATE, THIRD, PersonId("new")]) == 2
    assert rules.undecided(None, [PUPIL]) == 1
