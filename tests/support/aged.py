"""A municipality whose papers have grown old, written straight into its tables: of every kind that the plan
deletes or archives one that is over and one that is not.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from functions.attendance import store as attendance
from functions.attendance.store import care, care_units, csn, leave, notices, phone, series, suggestions
from functions.attendance.store import totals as sums
from functions.attendance.store.calls import CallItem
from functions.attendance.store.lesson_check_in import ArrivalItem, WindowItem
from functions.attendance.store.lesson_reminders import ReminderItem
from functions.attendance.store.locked_months import MonthItem
from functions.grades.store.periods import SheetItem
from functions.messages import store as messages
from functions.messages.domain.contacts import Shown
from functions.messages.domain.news import Said
from functions.messages.store import consents, contacts, conversations, devices, forms, news
from functions.messages.store.emergencies import ChunkItem, EmergencyItem
from functions.organisation.domain.staffing import ActivityRecord, DutyRecord, Teaching
from functions.organisation.store import activities, duties
from functions.organisation.store.electives import ResultItem, RoundItem, WishItem
from functions.organisation.store.stand_ins import SubstitutionItem
from functions.register.domain.people import Responsible, of_age
from functions.register.domain.watch import Case
from functions.register.store import items, watch
from functions.register.store.contacts import sealed_contact
from functions.register.store.items import ContactItem, EnrolmentItem, PersonItem
from functions.register.store.writes import relation_writes
from functions.timetable import store as timetable
from functions.timetable.domain import PlannedLesson
from skolkit.clock import now, stamp, today
from skolkit.sweden.calendar import SchoolYear
from skolkit.table import Item, Overwrite, chunks, commit
from skolkit.types import GroupId, LessonId, PersonId, UnitId, new_id
from tests.support import aged_assessment
from tests.support.aged_shown import shown_elsewhere
from tests.support.aged_tests import test_group, tracked
from tests.support.areas import acting_as
from tests.support.attached import attached_to

YEAR = SchoolYear.of(today()).start_year
OLD, RECENT = date(YEAR - 2, 10, 1), date(YEAR - 1, 10, 1)  # a year after the school year's end, and not yet
MONTHS_AGO = today() - timedelta(days=70)
UNIT = UnitId(new_id())


@dataclass
class Aged:
    """Ids of whom and what there is: `old` is over, `kept` is not."""

    pupil: PersonId = field(default_factory=lambda: PersonId(new_id()))
    grown: PersonId = field(default_factory=lambda: PersonId(new_id()))
    guardian: PersonId = field(default_factory=lambda: PersonId(new_id()))
    parent: PersonId = field(default_factory=lambda: PersonId(new_id()))
    teacher: PersonId = field(default_factory=lambda: PersonId(new_id()))
    retired: PersonId = field(default_factory=lambda: PersonId(new_id()))
    case: str = field(default_factory=new_id)
    over: set[tuple[str, str, str]] = field(default_factory=set)


def age_municipality(*, protected: bool = True) -> Aged:
    """Write it all; `Aged.over` are the keys of what a real run takes, by area."""
    made = Aged()
    with acting_as("attendance"):
        _attendance(made)
    with acting_as("timetable"):
        _timetable(made)
    with acting_as("grades"):
        _write(made, "grades", [_sheet(made, OLD)], [_sheet(made, RECENT)])
    with acting_as("register"):
        _register(made, protected=protected)
    with acting_as("organisation"):
        _organisation(made)
    with acting_as("assessment"):
        _assessment(made)
    with acting_as("messages"):
        for person in (made.pupil, made.grown):
            commit(messages.PreferencesItem(f"PERSON#{person}", "PREFERENCES", channel="sms"))
            commit(messages.WaysItem(f"PERSON#{person}", "WAYS", shut={"mail": "0" * 32}))
            commit(devices.held_item(person, [], None), devices.owner_item(person, person, None))
        for name in ("DEVICES", "PREFERENCES", "WAYS"):
            made.over.add(("messages", f"PERSON#{made.grown}", name))
        made.over.add(("messages", f"DEVICE#{made.grown}", "OWNER"))
        for child in (made.pupil, made.grown):
            commit(contacts.shown_item(made.guardian, child, Shown(name=True), 0))
        made.over.add(("messages", f"PERSON#{made.guardian}", f"SHOWS#{made.grown}"))
        _write(made, "messages", _emergency(made, OLD), _emergency(made, RECENT))
        for day in (OLD, RECENT):
            _letters(made, datetime.combine(day, time(9), UTC))
        _consents(made)
        for deadline, sensitive in ((OLD, False), (RECENT, False), (MONTHS_AGO, True), (today(), True)):
            _form(made, deadline, sensitive=sensitive)
    with acting_as("assessment"):
        _tests(made)
    return made


def _tests(made: Aged) -> None:
    """A test of which everything is over, one whose result alone is kept, one that is kept; and what
    was seen of a pupil.
    """
    for years in (6, 4, 1):
        result, group = test_group(made.pupil, made.teacher, UNIT, date(YEAR - years, 10, 1))
        over = [*(result if years > 5 else []), *(group if years > 3 else [])]
        _write(made, "assessment", over, [item for item in (*result, *group) if item not in over])
    rows = tracked(made.pupil, made.teacher, date(YEAR - 3, 10, 1))
    _write(made, "assessment", rows, tracked(made.pupil, made.teacher, RECENT))


def _letters(made: Aged, at: datetime) -> None:
    """News that has been changed, and a conversation of more messages than one transaction erases; both with
    files, one of which the news has no more.
    """
    place = f"group:{new_id()}::guardians"
    text = [Said("sv", "Gammalt", "Brev")]
    post = news.new_post(new_id(), made.teacher, {UNIT: [place]}, text, at)
    files, (plan, earlier, paper) = attached_to(made.teacher, post.pk, post.pk, "TALK#")
    post.files = [earlier]
    before = news.earlier(post, made.teacher)
    post.files = [plan]
    rows: list[Item] = [post, news.authored(post), *news.board_rows(post), before, *files]
    talk = conversations.new_talk(
        pupil=made.grown, unit=UNIT, guardian=made.guardian, by=made.guardian, title="Läxor", last=stamp(at),
        lists=[conversations.pupils_list(made.grown)],
    )  # fmt: skip
    listed = conversations.ListedTalkItem(
        talk.lists[0], f"{talk.last}#{talk.id}", about=made.grown, guardian=made.guardian
    )
    said = [conversations.message_item(talk, made.guardian, "home", "Hej", "sv") for _ in range(50)]
    said[7].files = [paper]
    wrote = conversations.WroteItem(f"PERSON#{made.guardian}", f"WROTE#{talk.id}")
    report = conversations.report_item(talk, said[0].id, made.guardian, "Fel")
    rows += [talk, listed, wrote, report, *said]
    old = at.date() == OLD
    _write(made, "messages", rows if old else [], [] if old else rows)


def _consents(made: Aged) -> None:
    """A question long over, one that holds, of which one guardian has taken a yes back long ago."""
    for until in (date(YEAR - 3, 10, 1), RECENT):
        ask = consents.new_ask(
            consent_kind="photo", both=True, unit=UNIT, groups=[new_id()], texts=[], by=made.teacher,
            deadline=until.isoformat(), until=until.isoformat(), remind=0,
        )  # fmt: skip
        yes, *held = consents.answering(ask, made.grown, made.guardian, "granted")
        no, *_ = consents.answering(ask, made.grown, made.guardian, "withdrawn")
        assert isinstance(yes, consents.AnswerItem)
        assert isinstance(no, consents.AnswerItem)
        with_whom = [h.item for h in held if isinstance(h, Overwrite)]
        if until == RECENT:
            no.ended = f"{YEAR - 3}-09-30T09:00:00.000Z"
            yes.sk = yes.sk.replace(str(today().year), "2000", 1)
            _write(made, "messages", [yes, no], [ask, consents.board_row(ask), *with_whom])
        else:
            _write(made, "messages", [ask, consents.board_row(ask), *with_whom, yes], [])


def _form(made: Aged, deadline: date, *, sensitive: bool) -> None:
    """A form with answers of two guardians, one after the other."""
    form = forms.new_form(
        sensitive=sensitive, unit=UNIT, audiences=[f"group:{new_id()}::guardians"], respondents="child",
        texts=[["sv", "Läger", "Berätta", "plain"]], questions=[], by=made.teacher, remind=0,
        deadline=deadline.isoformat(), state="published", asked=stamp(now()), answered=True,
    )  # fmt: skip
    rows: list[Item] = [form, forms.written(form), forms.board_row(form)]
    for number, by in enumerate((made.guardian, made.parent), 1):
        item, writes = forms.answering(form, made.grown, by, number, [])
        held = [write.item for write in writes if isinstance(write, Overwrite)]
        rows += [item, *(one for one in held if one.pk not in {row.pk for row in rows})]
    old = deadline in (OLD, MONTHS_AGO)
    _write(made, "messages", rows if old else [], [] if old else rows)


def _emergency(made: Aged, day: date) -> list[Item]:
    at, pk = stamp(datetime.combine(day, time(9), UTC)), f"EMERGENCY#{new_id()}"
    return [
        EmergencyItem(
            pk, "HEAD", unit=UNIT, audience="both", texts={"sv": "Stängt"}, asked_by=made.teacher, at=at,
            recipients=1, calls=0,
        ),
        ChunkItem(pk, "CHUNK#00", at=at, told=0, unsettled=[], unreached=[made.parent], calls=[]),
    ]  # fmt: skip


def _write(made: Aged, area: str, over: list[Item], kept: list[Item]) -> None:
    for some in chunks([*over, *kept], 40):
        commit(*some)
    made.over |= {(area, item.pk, item.sk) for item in over}


def _assessment(made: Aged) -> None:
    around = made.teacher, made.guardian
    _write(
        made, "assessment", aged_assessment.of_pupil(made.grown, *around),
        aged_assessment.of_pupil(made.pupil, *around),
    )  # fmt: skip
    old, recent = (aged_assessment.of_talks(day, made.pupil, *around) for day in (OLD, RECENT))
    _write(made, "assessment", old, recent)
    days = (aged_assessment.ROUND_OVER, OLD)
    over, kept = (aged_assessment.of_round(day, UNIT, made.teacher) for day in days)
    _write(made, "assessment", over, kept)


def _attendance(made: Aged) -> None:
    def of(day: date) -> list[Item]:
        start = datetime.combine(day, time(9), UTC)
        roster, group = json.dumps([made.pupil, made.grown]), new_id()
        rosters = json.dumps([[made.pupil, made.grown]])
        return [
            attendance.SheetItem(
                f"LESSON#{new_id()}", "SHEET", lesson_group=new_id(), unit=UNIT, subject="MA",
                starts=stamp(start), ends=stamp(start + timedelta(hours=1)), roster=roster,
                teachers=json.dumps([made.teacher]),
            ),
            attendance.DeviationItem(
                f"PUPIL#{made.grown}", f"D#{day}#{stamp(start)}#{new_id()}", lesson=new_id(), subject="MA",
                starts=stamp(start), ends=stamp(start), invalid=60,
            ),
            notices.NoticeItem(
                f"PUPIL#{made.pupil}", f"N#{new_id()}", unit=UNIT, reason="illness",
                span=json.dumps([str(day), str(day), None, None]), reported_by=made.parent,
            ),
            *shown_elsewhere(made.pupil, made.parent, made.teacher, UNIT, day),
            series.SeriesItem(
                f"PUPIL#{made.pupil}", f"S#{new_id()}", unit=UNIT, weeks=1, reason="medicalVisit",
                span=json.dumps([str(day), str(day), None, None]), reported_by=made.parent,
                reported_as="guardian", occasions=json.dumps([[str(day), None, None, "medicalVisit"]]),
            ),
            series.UnitSeriesItem(f"SERIES#{UNIT}", f"{day}#{made.pupil}#{new_id()}"),
            attendance.DayItem(f"PUPIL#{made.pupil}", f"D#{day}", unit=UNIT),
            attendance.SweepItem(f"SWEEP#{UNIT}", str(day), counts="{}"),
            ReminderItem(f"REMINDER#{UNIT}", str(day), teachers="[]", principals="[]"),
            MonthItem(
                f"UNIT#{UNIT}", f"MONTH#{day:%Y-%m}", first=str(day), locked=True, by=made.teacher,
                at=stamp(start),
            ),
            ArrivalItem(
                f"LESSON#{new_id()}", f"CHECK-IN#{made.pupil}", pupil=made.pupil, starts=stamp(start),
                at=stamp(start),
            ),
            WindowItem(
                f"LESSON#{new_id()}", "CHECK-IN", code="12345", opened_by=made.teacher, since=stamp(start),
                until=stamp(start),
            ),
            care.PlanItem(f"CARE#{new_id()}", "PLAN", schedules="[]", allowances="[]", ends=str(day)),
            care.CareDayItem(f"CARE#{made.pupil}", f"DAY#{day}", changes="{}"),
            care.AnswerItem(f"CARE#{made.pupil}", f"HOLIDAY#{new_id()}", days="{}", ends=str(day)),
            care.EventsItem(f"CAREDAY#{new_id()}#{day}", made.pupil, day=str(day), events="[]"),
            care_units.AskedItem(
                f"CARE-ASKED#{UNIT}", f"{day}#{made.pupil}#{made.parent}", owner=made.parent
            ),
            care_units.PeriodItem(
                f"CARE-UNIT#{UNIT}", f"PERIOD#{day}#{new_id()}", ends=str(day), last_answer=str(day),
                unanswered="noNeed",
            ),
            care_units.RemindItem("CARE-REMIND", f"{day}#{UNIT}#{new_id()}"),
            CallItem(
                f"CALLS#{UNIT}", f"{day}#{new_id()}", pupil=made.pupil, recipient=made.parent,
                notice=new_id(), why="bounced", called="open",
            ),
            *_leave(made, day),
            suggestions.SuggestionItem(
                f"INQUIRIES#{made.grown if day == OLD else made.pupil}", f"SUGGESTION#{new_id()}", data={},
                decided=str(day),
            ),
            suggestions.StandingItem(
                f"INQUIRIES#{made.grown if day == OLD else made.pupil}", "STANDING", settled=str(day)
            ),
            sums.GroupDayItem(f"GROUP#{group}", f"R#{day}", unit=UNIT, rosters=rosters, lessons="[]"),
            sums.SeenItem(f"GROUP#{group}", f"SEEN#{SchoolYear.of(day).start}", pupils=roster),
            sums.PupilGroupItem(f"PUPIL#{made.pupil}", f"G#{SchoolYear.of(day).start}#{group}"),
            sums.CellsItem(f"STAT#{UNIT}", f"C#{day}", cells="[]", groups="[]", parts=1),
            sums.UnitPupilsItem(f"STAT#{UNIT}", f"P#{day}#00", pupils=json.dumps([[made.pupil, 60]])),
        ]  # fmt: skip

    def code(person: PersonId) -> list[Item]:
        number = new_id().replace("-", "") * 2
        return [
            phone.PhonePinItem(f"PERSON#{person}", phone.PIN, number=number, changed=stamp(now())),
            phone.PhoneItem(f"PHONE#{number}", f"G#{person}", guardian=person, salt="00", code="00"),
        ]

    def cases(month: date) -> list[Item]:
        return [
            csn.CsnCaseItem(
                f"PUPIL#{made.pupil}", f"CSN#{month}", unit=UNIT, state="approved", rules="csn-2026"
            ),
            csn.CsnListedItem(f"CSN#{UNIT}", f"{month}#{made.pupil}"),
            csn.CsnDecisionItem(
                f"PUPIL#{made.pupil}", f"CSN#{month}#{month}T09:00:00.000Z#{new_id()}", decision="approved",
                by=made.teacher, role="principal", at=f"{month}T09:00:00.000Z", rules="csn-2026",
            ),
        ]  # fmt: skip

    older = OLD.replace(year=OLD.year - 1)  # cases for CSN are kept a year longer
    over = [*of(OLD), *code(made.guardian), *cases(older)]
    _write(made, "attendance", over, [*of(RECENT), *code(made.parent), *cases(OLD)])


def _leave(made: Aged, day: date) -> list[Item]:
    id, span = new_id(), json.dumps([str(day), str(day), None, None])
    pupil = made.pupil if day == RECENT else made.grown
    return [
        leave.LeaveItem(
            f"PUPIL#{pupil}", f"L#{id}", unit=UNIT, asked=span, purpose="travel", applicant=made.parent,
            applied=stamp(now()), touched=str(day), days=1, state="refused",
        ),
        leave.LeaveDecisionItem(
            f"PUPIL#{pupil}", f"LD#{id}#001", span=span, by=made.teacher, at=stamp(now()),
            decided=json.dumps({"outcome": "refused", "ground": "pupilsSituation", "motivation": "",
                                "appeal": ["", ""]}),
        ),
        leave.WaitingLeaveItem(
            f"LEAVES#{UNIT}", id, pupil=pupil, asked=span, days=1, since=str(day)
        ),
        leave.LeavesItem(f"PUPIL#{pupil}", "LEAVES", until=str(day)),
    ]  # fmt: skip


def _timetable(made: Aged) -> None:
    def of(day: date) -> list[Item]:
        start = datetime.combine(day, time(9), UTC)
        lesson = PlannedLesson(
            id=LessonId(new_id()), group=GroupId(new_id()), unit=UNIT, subject_code="MA", subject="Matematik",
            teachers=(made.teacher,), start=start, end=start + timedelta(hours=1), room="",
        )  # fmt: skip
        return [
            timetable.GroupDayItem(f"GROUP#{new_id()}", f"DAY#{day}", unit=UNIT, lessons=[]),
            timetable.TeacherDayItem(f"PERSON#{made.teacher}", f"DAY#{day}", lessons=[]),
            timetable.lesson_item(lesson.id, None, {lesson.group: lesson}),
        ]

    _write(made, "timetable", of(OLD), of(RECENT))


def _sheet(made: Aged, day: date) -> Item:
    return SheetItem(
        f"PERIOD#{new_id()}", f"SHEET#{new_id()}", unit=UNIT, groups="[]", lines=f'[["{made.pupil}",1]]',
        last_day=day.isoformat(),
    )  # fmt: skip


def _register(made: Aged, *, protected: bool) -> None:
    def person(id: PersonId, born: date, marking: str = "Ingen") -> PersonItem:
        return PersonItem(
            *items.profile_key(id), given_name="Gammal", family_name="Handling", marking=marking,
            birth_date=born.isoformat(),
        )  # fmt: skip

    def enrolment(id: PersonId, start: date, end: date | None) -> EnrolmentItem:
        return EnrolmentItem(
            *items.enrolment_key(id, new_id()), unit=UNIT, school_form="GY", start=str(start),
            end=items.text_of(end),
        )  # fmt: skip

    def contact(id: PersonId) -> ContactItem:
        return ContactItem(*items.contact_key(id), email=f"{id[:8]}@example.org", phone="+46701740605")

    child, adult = date(YEAR - 10, 3, 1), date(YEAR - 22, 3, 1)
    grown = contact(made.grown)
    if protected:
        sealed_contact(grown, made.grown)
    commit(
        person(made.pupil, child), person(made.grown, adult, "Sekretessmarkering" if protected else "Ingen"),
        person(made.guardian, date(YEAR - 50, 1, 1)), person(made.parent, date(YEAR - 45, 1, 1)),
        enrolment(made.pupil, date(YEAR - 3, 8, 15), None),
        enrolment(made.grown, date(YEAR - 6, 8, 15), date(YEAR - 3, 6, 10)),
        contact(made.pupil), grown, contact(made.guardian), contact(made.parent),
    )  # fmt: skip
    for young, born, old in ((made.pupil, child, made.parent), (made.grown, adult, made.guardian)):
        responsible = Responsible(old, "Vårdnadshavare")
        commit(*relation_writes(young, born, [responsible], [], today()))
    made.over |= {("register", *key) for key in (
        items.contact_key(made.grown), items.contact_key(made.guardian), items.kin_key(made.grown),
        (items.person_pk(made.grown), f"GUARDIAN#{made.guardian}"),
        (items.person_pk(made.guardian), f"CHILD#{made.grown}"),
    )}  # fmt: skip
    assert of_age(adult) < today()
    _cases(made)


def _cases(made: Aged) -> None:
    """One closed long ago, with notes, one that is open."""
    opened, closed = date(YEAR - 4, 9, 1), date(YEAR - 3, 2, 1)
    case = Case(made.case, made.grown, "schoolAttendance", "no-school", opened, "2026")  # type: ignore[arg-type]
    commit(*watch.opening(case))
    at = datetime.combine(opened, time(9), UTC)
    notes = [
        watch.event_item(made.case, "step", "called", opened, None, "BUN 2022/1", made.teacher, at + n * _DAY)
        for n in range(3)
    ]
    commit(*notes)
    found = watch.find_case(made.case)
    assert found
    commit(*watch.closing(found[0], found[1], "enrolled", closed))
    other = Case(new_id(), made.pupil, "schoolAttendance", "no-school", opened, "2026")  # type: ignore[arg-type]
    commit(*watch.opening(other))
    made.over |= {("register", *watch.case_key(made.case))}
    made.over |= {("register", note.pk, note.sk) for note in notes}
    made.over.add(("register", f"WATCH#{made.grown}", f"CASE#{opened}#{made.case}"))


_DAY = timedelta(days=1)


def _organisation(made: Aged) -> None:
    long_ago, group = date(YEAR - 4, 6, 30), GroupId(new_id())
    first = date(YEAR - 9, 8, 1)
    old = DutyRecord(
        id=new_id(), person=made.retired, unit=UNIT, duty_role="Lärare", start=first, end=long_ago
    )
    going = DutyRecord(id=new_id(), person=made.teacher, unit=UNIT, duty_role="Lärare", start=first)
    for duty in (old, going):
        commit(*duties.duty_writes(None, duty))
    held = [
        duties.CertificationItem(f"PERSON#{who}", "CERTIFICATION", certified=True, qualifications=[])
        for who in (made.retired, made.teacher)
    ]
    stood_in = SubstitutionItem(
        f"PERSON#{made.teacher}", f"DUTY#~substitution#{new_id()}", unit=UNIT, replaces=made.retired,
        start=f"{long_ago}T06:00:00.000Z", end=f"{long_ago}T16:00:00.000Z",
    )  # fmt: skip
    commit(*held, stood_in)
    taught = [
        ActivityRecord(
            id=new_id(), unit=UNIT, name="Matematik", type="Undervisning", start=first, end=end,
            groups=(group,), teachers=(Teaching(going.id, made.teacher),),
        )
        for end in (long_ago, date(YEAR, 6, 1))
    ]  # fmt: skip
    for activity in taught:
        commit(*activities.activity_writes(None, activity))
    made.over |= {("organisation", *key) for key in (
        (f"DUTY#{old.id}", "DUTY"), (f"PERSON#{made.retired}", f"DUTY#{old.id}"),
        (f"UNIT#{UNIT}", f"DUTY#{long_ago}#{old.id}"), (held[0].pk, held[0].sk),
        (stood_in.pk, stood_in.sk), (f"ACTIVITY#{taught[0].id}", "ACTIVITY"),
        (f"UNIT#{UNIT}", f"ACTIVITY#{long_ago}#{taught[0].id}"),
    )}  # fmt: skip
    for day in (OLD, RECENT):
        _round(made, day)


def _round(made: Aged, day: date) -> None:
    id = new_id()
    round = RoundItem(
        f"UNIT#{UNIT}", f"ELECTIVES#{id}", school_year=str(SchoolYear.of(day)), choice="sprakval",
        title="Språkval", options=[], ranked=1, grants=1, years=[], groups=[], pupil_from=6, seed=1,
        opens=stamp(now()), closes=stamp(now()), starts=str(day), ends=str(day),
    )  # fmt: skip
    rows: list[Item] = [WishItem(f"ELECTIVES#{id}", f"WISH#{new_id()}", wishes=[]) for _ in range(50)]
    rows.append(ResultItem(f"ELECTIVES#{id}", f"RESULT#{made.pupil}", outcome=[], lot=1))
    over = [round, *rows]
    _write(made, "organisation", over if day == OLD else [], [] if day == OLD else over)
