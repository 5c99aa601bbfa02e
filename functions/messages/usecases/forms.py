"""Forms as the school makes them: drafted, published, closed, withdrawn, told and reminded of."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from functions.access import guard
from functions.messages.domain import forms as rules
from functions.messages.domain.audiences import NobodyThere, SeveralUnits
from functions.messages.domain.questions import check_questions
from functions.messages.events import FormDue
from functions.messages.schemas.common import PageQuery
from functions.messages.schemas.forms import (
    FormChange,
    FormPage,
    FormView,
    NewDeadline,
    NewForm,
    NewState,
    QuestionShape,
)
from functions.messages.store import board
from functions.messages.store import forms as store
from functions.messages.store.forms import FormAnswerItem, FormItem
from functions.messages.store.news import rows_of
from functions.messages.usecases.asked import Home, guardians_asked, homes_of, tell_once
from functions.messages.usecases.places import audiences_of, boards_of, place_view, said_in, texts_of
from functions.messages.usecases.recipients import anybody_in, people_of, pupils_in
from functions.organisation import queries as organisation
from skolkit.audit import Trace
from skolkit.clock import now, stamp, today
from skolkit.errors import ChangedMeanwhile, NotFound
from skolkit.idempotency import RequestKey
from skolkit.identity import Caller
from skolkit.table import Overwrite, Remove, Write, commit, fetch
from skolkit.types import PersonId, UnitId


def draft_form(caller: Caller, new: NewForm, key: RequestKey) -> FormView:
    """Make a draft. Three round trips, and those that find the first recipient."""
    rules.check_deadline(new.deadline, today())
    rules.check_respondents(new.respondents, [role for one in new.audiences for role in one.roles])
    texts, questions = _asking(new)
    if any(one.kind == "municipality" for one in new.audiences):
        raise SeveralUnits(field="audiences")
    boards = boards_of(caller, list(audiences_of(new.audiences)), "messages:ask_form")
    if len(boards) > 1:
        raise SeveralUnits(field="audiences")
    ((unit, places),) = boards.items()
    if not anybody_in(places):
        raise NobodyThere(field="audiences")
    form = store.new_form(
        sensitive=new.sensitive, unit=unit, audiences=places, respondents=new.respondents, texts=texts,
        questions=questions, by=caller.person_id, deadline=new.deadline.isoformat(), remind=new.remind_days,
    )  # fmt: skip
    view = _view(form, version=1)
    commit(
        form, store.written(form), trace=Trace(caller.person_id, "draft_form", form.id),
        once=key.once(view.model_dump_json(by_alias=True)),
    )  # fmt: skip
    return view


def read_form(caller: Caller, id: str) -> FormView:
    """One form. Three round trips."""
    return _view(readable(caller, id))


def edit_form(caller: Caller, id: str, change: FormChange, version: int) -> FormView:
    """Change texts and questions of what nobody has answered. Four round trips."""
    form = _changeable(caller, id, version)
    rules.check_changeable(form.state, answered=form.answered)  # type: ignore[arg-type]
    form.texts, form.questions = _asking(change)
    commit(form, trace=Trace(caller.person_id, "edit_form", id))
    return _view(form)


def move_form(caller: Caller, id: str, body: NewState, version: int) -> FormView:
    """Publish, close, open again or withdraw. Four round trips."""
    form = _changeable(caller, id, version)
    rules.check_move(form.state, body.state)  # type: ignore[arg-type]
    writes: list[Write] = [Remove(due)] if (due := store.reminder(form)) else []
    first = body.state == "published" and form.asked is None
    if body.state == "published":
        rules.check_deadline(form.last_day, today())
        form.asked = form.asked or stamp(now())
        writes = [Overwrite(due)] if (due := store.reminder(form)) else []
    if first:
        writes.append(store.board_row(form))
    elif body.state == "withdrawn" and form.asked:
        writes.append(Remove(store.board_row(form)))
    form.state = body.state
    facts = [FormDue(form=id)] if body.state == "published" else []
    commit(form, *writes, facts=facts, trace=Trace(caller.person_id, "move_form", id, changes=body.state))
    return _view(form)


def change_form_deadline(caller: Caller, id: str, new: NewDeadline, version: int) -> FormView:
    """Give those who are asked more or less time. Four round trips."""
    form = _changeable(caller, id, version)
    rules.check_deadline(new.deadline, today())
    rules.check_changeable(form.state, answered=False)  # type: ignore[arg-type]
    before = store.reminder(form)
    form.deadline, form.remind = new.deadline.isoformat(), new.remind_days
    after = store.reminder(form) if form.state == "published" else None
    writes: list[Write] = [Overwrite(after)] if after else []
    if before and (after is None or after.sk != before.sk):
        writes.append(Remove(before))
    changes = f"{form.deadline} {new.remind_days}"
    commit(form, *writes, trace=Trace(caller.person_id, "change_form_deadline", id, changes=changes))
    return _view(form)


def list_my_forms(caller: Caller, query: PageQuery) -> FormPage:
    """What the caller has made, drafts too. Two round trips."""
    found, cursor = store.page_of_forms(caller.person_id, query.limit, query.cursor, caller.seal)
    return FormPage(data=[_view(form) for form in found], cursor=cursor)


def list_unit_forms(caller: Caller, unit: UnitId, query: PageQuery) -> FormPage:
    """What has been asked at a unit, newest first, as far as the caller may read it. Three round trips."""
    duties = organisation.duties_of(caller.person_id)
    guard.require(caller, "messages:follow_forms", guard.Unit(unit), duties)
    secret = guard.allowed(caller, "messages:follow_sensitive_forms", guard.Unit(unit), duties)
    rows, cursor = board.page_of_boards(
        [unit], "FORM", None, query.limit, query.cursor, f"{caller.seal}/{unit}"
    )
    (forms,) = fetch(store.wanted_forms([row.id for row in rows]))
    shown = [forms[row.id] for row in rows if row.id in forms]
    mine = [form for form in shown if secret or not form.sensitive or form.by == caller.person]
    return FormPage(data=[_view(form) for form in mine], cursor=cursor)


def tell_about_form(due: FormDue) -> None:
    """Tell those who are asked that there is a form, or, before the deadline, those who have not answered;
    each once for each deadline.
    """
    form = store.find_form(due.form)
    if form is None or form.state != "published" or form.last_day < today():
        return
    if due.reminder and not store.is_reminded(form):  # of an earlier deadline
        return
    homes = homes_in(form, store.answers_of(form.id) if due.reminder else [])
    people = [person for home in homes for person in missing_in(form, home)]
    template, id = ("form_reminder", f"{form.id} {form.deadline}") if due.reminder else ("new_form", form.id)
    tell_once(template, id, people, "FORM")


def homes_in(form: FormItem, answers: Sequence[FormAnswerItem]) -> list[Home[FormAnswerItem]]:
    """Who is asked today, and what they have answered, by whom it is about. As many round trips as find the
    people of its places, and those of `homes_of`.
    """
    if form.respondents == "person":
        people = {person for there in people_of(form.places).values() for person in there}
        return homes_of({person: (person,) for person in sorted(people)}, answers)
    return homes_of(guardians_asked(pupils_in(form.places)), answers)


def missing_in(form: FormItem, home: Home[FormAnswerItem]) -> list[PersonId]:
    """Who is to answer yet: of a child nobody when somebody has."""
    return [] if form.respondents == "child" and home.given else home.missing


def readable(caller: Caller, id: str) -> FormItem:
    """The form, for whoever made it, while they may ask there, and those who lead its unit: what is sensitive
    for the principal alone. Three round trips.
    """
    form = store.find_form(id)
    if form is None:
        raise NotFound
    if form.by == caller.person:
        with suppress(NotFound):
            boards_of(caller, store.audiences_in(form), "messages:ask_form")
            return form
    action: guard.Action = "messages:follow_sensitive_forms" if form.sensitive else "messages:follow_forms"
    guard.require(caller, action, guard.Unit(UnitId(form.unit)), organisation.duties_of(caller.person_id))
    return form


def _changeable(caller: Caller, id: str, version: int) -> FormItem:
    form = readable(caller, id)
    if form.version != version:
        raise ChangedMeanwhile(field="If-Match", value=version)
    return form


def _asking(change: FormChange) -> tuple[list[list[str]], list[dict[str, Any]]]:
    """Texts and questions as they are stored, if they are right."""
    said = said_in(change.texts)
    questions = [question.model_dump(mode="json") for question in change.questions]
    check_questions([store.question_of(row) for row in questions], [text.language for text in said])
    return rows_of(said), questions


def shown_questions(form: FormItem) -> list[QuestionShape]:
    """The questions as they are shown."""
    return [QuestionShape.model_validate(row, by_name=True) for row in form.questions]


def _view(form: FormItem, version: int | None = None) -> FormView:
    return FormView(
        id=form.id, audiences=[place_view(place) for place in sorted(form.places)],
        respondents=form.respondents, sensitive=form.sensitive, texts=texts_of(form.texts),
        questions=shown_questions(form), state=form.state, deadline=form.last_day,
        remind_days=int(form.remind), asked=form.asked, answered=form.answered,
        version=version or form.version,
    )  # fmt: skip
