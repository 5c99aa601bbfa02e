"""Forms as the home sees them, or whoever else is asked: what there is to fill in, and answering."""

from __future__ import annotations

from dataclasses import dataclass

from functions.access import guard
from functions.messages.domain import forms as rules
from functions.messages.domain.questions import check_answers
from functions.messages.schemas.common import PageQuery
from functions.messages.schemas.forms import AnswerShape, AskedForm, AskedFormPage, FormToAnswer, NewAnswers
from functions.messages.store import board
from functions.messages.store import forms as store
from functions.messages.store.forms import FormAnswerItem, FormItem
from functions.messages.usecases.asked import homes_of
from functions.messages.usecases.circles import ALONE
from functions.messages.usecases.forms import shown_questions
from functions.messages.usecases.places import texts_of
from functions.messages.usecases.recipients import places_of_pupils, standing
from functions.organisation import queries as organisation
from functions.register import queries as register
from skolkit.audit import Trace, record_read
from skolkit.clock import today
from skolkit.errors import ChangedMeanwhile, NotFound
from skolkit.identity import Caller
from skolkit.retry import persist
from skolkit.table import Write, commit, fetch
from skolkit.types import PersonId


@dataclass(frozen=True, slots=True)
class Asked:
    """A form that is asked about somebody today: the answer that holds, and how many have been given, which
    is its version. `secret`: the child's identity is protected.
    """

    form: FormItem
    subject: PersonId
    current: FormAnswerItem | None
    number: int
    secret: bool = False


def list_forms(caller: Caller, query: PageQuery) -> AskedFormPage:
    """What the caller is asked about children in their custody and themselves, newest first. For a guardian
    of one child at one school nine round trips, however many forms.
    """
    me = caller.person_id
    here = standing(me)
    children = {id: places for id, places in here.pupils.items() if id != me}
    if me in here.pupils and _is_of_age(caller):
        children |= places_of_pupils({me: "guardians"})
    places = here.places.union(*children.values())
    units = [unit for unit in here.units if unit != organisation.MUNICIPALITY]
    rows, cursor = board.page_of_boards(units, "FORM", places, query.limit, query.cursor, caller.seal)
    (found,) = fetch(store.wanted_forms([row.id for row in rows]))
    pairs: list[tuple[FormItem, PersonId]] = []
    for form in (found[row.id] for row in rows if row.id in found):
        if form.respondents == "person":
            pairs += [(form, me)] if form.places & here.places else []
        else:
            pairs += [(form, child) for child, there in children.items() if form.places & there]
    (answered,) = fetch(store.wanted_answered([form.held(about, me) for form, about in pairs]))
    data = [_asked_view(form, about, answered=form.held(about, me) in answered) for form, about in pairs]
    return AskedFormPage(data=data, cursor=cursor)


def read_form_to_answer(caller: Caller, person: PersonId, id: str) -> FormToAnswer:
    """A form with its questions, and the answer that holds. Six round trips about a child."""
    asked = _asked(caller, person, id)
    record_read(Trace(caller.person_id, "read_form_to_answer", asked.subject, changes=id))
    return _view(caller, asked)


def answer_form(caller: Caller, person: PersonId, id: str, new: NewAnswers, version: int) -> FormToAnswer:
    """Answer, or answer anew; the same again changes nothing. Six round trips about a child."""
    return persist(lambda: _answer(caller, person, id, new, version))


def _answer(caller: Caller, person: PersonId, id: str, new: NewAnswers, version: int) -> FormToAnswer:
    asked = _asked(caller, person, id)
    form, current = asked.form, asked.current
    rules.check_open(form.state, form.last_day, today())  # type: ignore[arg-type]
    rows = [one.model_dump(mode="json", exclude_none=True) for one in new.answers]
    check_answers(form.asks, [store.given_of(row) for row in rows])
    if current and current.by == caller.person and current.answers == rows:
        return _view(caller, asked)
    if asked.number != version:
        raise ChangedMeanwhile(field="If-Match", value=version)
    rules.check_times(asked.number)
    item, writes = store.answering(form, asked.subject, caller.person_id, version + 1, rows)
    first: list[Write] = []
    if not form.answered:  # so that the questions do not change under the first answer
        form.answered = True
        first = [form]
    trace = Trace(caller.person_id, "answer_form", asked.subject, changes=id)
    commit(*writes, *first, trace=trace)
    return _view(caller, Asked(form, asked.subject, item, version + 1))


def _asked(caller: Caller, person: PersonId, id: str) -> Asked:
    """The form, if the caller is asked about that person today."""
    form = store.find_form(id)
    if form is None or form.state not in ("published", "closed"):
        raise NotFound
    if form.respondents == "person":
        return _asked_oneself(caller, person, form)
    record = register.pupil(person)
    if record is None:
        raise NotFound
    guard.require(caller, "messages:answer_form", register.facts_of(record, ALONE))
    if not form.places & places_of_pupils({record.id: "guardians"})[record.id]:
        raise NotFound
    people = tuple(record.guardians or {record.id}) if form.respondents == "child" else (caller.person_id,)
    return _known(form, record.records, people, secret=record.protected)


def _asked_oneself(caller: Caller, person: PersonId, form: FormItem) -> Asked:
    if person != caller.person:
        raise NotFound
    guard.require(caller, "messages:answer_form", guard.Person(person))
    if not form.places & standing(person).places:
        raise NotFound
    return _known(form, register.records_of(person), (person,))


def _known(
    form: FormItem, records: tuple[PersonId, ...], people: tuple[PersonId, ...], *, secret: bool = False
) -> Asked:
    """What has been answered about somebody, under closed records too, by those people."""
    answers = [answer for one in records for answer in store.answers_of(form.id, one)]
    (home,) = homes_of({records[0]: people}, answers)
    number = len(answers) if form.respondents == "child" else len(home.given)
    return Asked(form, records[0], home.last, number, secret)


def _is_of_age(caller: Caller) -> bool:
    record = register.pupil(caller.person_id)
    return record is not None and guard.allowed(
        caller, "messages:answer_form", register.facts_of(record, ALONE)
    )


def _is_secret(asked: Asked, by: PersonId) -> bool:
    """Whether what another guardian has answered is withheld: the child's identity or theirs is protected."""
    if asked.secret:
        return True
    (names,) = fetch(register.wanted_names([by]))
    return by not in names or names[by].protected


def _asked_view(form: FormItem, about: PersonId, *, answered: bool) -> AskedForm:
    return AskedForm(
        form=form.id, person=about, texts=texts_of(form.texts), respondents=form.respondents,
        sensitive=form.sensitive, state=form.state, deadline=form.last_day, answered=answered,
    )  # fmt: skip


def _view(caller: Caller, asked: Asked) -> FormToAnswer:
    form, current = asked.form, asked.current
    own = current is not None and current.by == caller.person
    answers = None
    if current and (own or not _is_secret(asked, PersonId(current.by))):
        answers = [AnswerShape.model_validate(row, by_name=True) for row in current.answers]
    about = _asked_view(form, asked.subject, answered=current is not None)
    return FormToAnswer(
        **dict(about), questions=shown_questions(form), answers=answers, at=current.at if current else None,
        own=own, version=asked.number,
    )  # fmt: skip
