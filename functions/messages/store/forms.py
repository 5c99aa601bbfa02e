"""Forms: the form and all answers in one partition, with its asker and on its unit's board, and with each
person which answers there are. Keys are built only here.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from pynamodb.attributes import BooleanAttribute, JSONAttribute, NumberAttribute, UnicodeAttribute

from functions.messages.domain.audiences import Audience
from functions.messages.domain.deadlines import reminded_at
from functions.messages.domain.questions import Condition, Given, Option, Question, Texts
from functions.messages.store import DueItem, MessagesItem, answers
from functions.messages.store.answers import given_key, held_key, held_of
from functions.messages.store.board import BoardItem, board_item, reminder_item
from functions.messages.store.news import AuthoredItem, page_of_written
from skolkit.clock import now, stamp
from skolkit.jobs import JobItem
from skolkit.table import Overwrite, Wanted, Write
from skolkit.types import PersonId, UnitId, new_id


class FormItem(MessagesItem, discriminator="form"):
    """A form. `questions` as they came over HTTP, `texts` rows of language, title, body and format; `asked`
    when it was published first; `answered`: somebody has.
    """

    unit = UnicodeAttribute()
    audiences = JSONAttribute()
    respondents = UnicodeAttribute()
    texts = JSONAttribute()
    questions = JSONAttribute()
    by = UnicodeAttribute()
    made = UnicodeAttribute()
    asked = UnicodeAttribute(null=True)
    deadline = UnicodeAttribute()
    remind = NumberAttribute()
    state = UnicodeAttribute(default="draft")
    answered = BooleanAttribute(default=False)

    @property
    def id(self) -> str:
        pk: str = self.pk
        return pk.removeprefix("FORM#")

    @property
    def places(self) -> frozenset[str]:
        return frozenset(self.audiences)

    @property
    def sensitive(self) -> bool:
        return isinstance(self, SensitiveFormItem)

    @property
    def last_day(self) -> date:
        return date.fromisoformat(self.deadline)

    @property
    def asks(self) -> list[Question]:
        return [question_of(row) for row in self.questions]

    def is_open(self, day: date) -> bool:
        """Whether it is still to be answered on a day."""
        return self.state == "published" and day <= self.last_day

    def owner(self, subject: PersonId, by: PersonId) -> PersonId:
        """Whose answer about somebody it is: the child's, whoever answers, or that of whoever answers."""
        return subject if self.respondents == "child" else by

    def held(self, subject: PersonId, by: PersonId) -> tuple[str, PersonId, PersonId]:
        """What `wanted_answered` is asked about somebody's answer."""
        return self.pk, self.owner(subject, by), subject


class SensitiveFormItem(FormItem, discriminator="form_sensitive"):
    """A form about health and the like."""


class FormAnswerItem(answers.Given, discriminator="form_answer"):
    """The answers of somebody at a time; never changed. `answers` are rows of the values given."""

    answers = JSONAttribute()

    @property
    def given(self) -> list[Given]:
        return [given_of(row) for row in self.answers]


class FormHeldItem(answers.Held, discriminator="form_held"):
    """That there is an answer to a form by or about somebody."""


class WrittenFormItem(AuthoredItem, discriminator="form_written"):
    """A form in the list of whoever made it."""


class FormExportItem(JobItem, discriminator="form_export"):
    """Answers written into a file."""

    class Meta:
        table_name = MessagesItem.Meta.table_name


def question_of(row: dict[str, Any]) -> Question:
    """A question as it is stored."""
    options = tuple(Option(o["id"], _texts(o["texts"])) for o in row["options"])
    condition = row["shown_when"]
    days = {name: date.fromisoformat(row[name]) if row[name] else None for name in ("first", "last")}
    return Question(
        **row | days
        | {"texts": _texts(row["texts"]), "options": options}
        | {"shown_when": Condition(**condition) if condition else None}
    )  # fmt: skip


def _texts(phrases: Sequence[dict[str, str]]) -> Texts:
    return tuple((phrase["language"], phrase["text"]) for phrase in phrases)


def given_of(row: dict[str, Any]) -> Given:
    """An answer to a question as it is stored."""
    chosen, day = row.get("chosen"), row.get("day")
    values = {
        "chosen": None if chosen is None else tuple(chosen),
        "day": date.fromisoformat(day) if day else None,
    }
    return Given(**row | values)


def new_form(*, sensitive: bool, **fields: Any) -> FormItem:
    """A draft made now."""
    kind = SensitiveFormItem if sensitive else FormItem
    return kind(f"FORM#{new_id()}", "FORM", made=stamp(now()), **fields)


def find_form(id: str) -> FormItem | None:
    """A form; one consistent get."""
    return FormItem.find(f"FORM#{id}", "FORM")


def wanted_forms(ids: Sequence[str]) -> Wanted[dict[str, FormItem]]:
    """Forms by id."""
    keys = [(f"FORM#{id}", "FORM") for id in ids]
    return Wanted(FormItem, keys, lambda found: {form.id: form for form in found.values()})


def written(form: FormItem) -> WrittenFormItem:
    """The form in its maker's list."""
    return WrittenFormItem(f"PERSON#{form.by}", f"FORMS#{form.made}#{form.id}")


def page_of_forms(
    by: PersonId, limit: int, cursor: str | None, caller: str
) -> tuple[list[FormItem], str | None]:
    """What somebody has made, newest first. One query and one batch."""
    return page_of_written(WrittenFormItem, f"PERSON#{by}", "FORMS#", wanted_forms, limit, cursor, caller)


def board_row(form: FormItem) -> BoardItem:
    """The form on its unit's board."""
    at = datetime.fromisoformat(form.asked or form.made)
    return board_item(UnitId(form.unit), "FORM", at, form.id, sorted(form.places), PersonId(form.by))


def reminder(form: FormItem) -> DueItem | None:
    """When those who have not answered are to be reminded, if that is to come."""
    return reminder_item("FORM", form.id, form.last_day, int(form.remind), form.asked or stamp(now()))


def is_reminded(form: FormItem) -> bool:
    """Whether the time has come to remind of a form."""
    return bool(form.remind) and reminded_at(form.last_day, int(form.remind)) <= now()


def answering(
    form: FormItem, subject: PersonId, by: PersonId, number: int, rows: list[dict[str, Any]]
) -> tuple[FormAnswerItem, list[Write]]:
    """The answer of this number of its owner about somebody, which must not be there yet, and with whom it
    is.
    """
    key = given_key(form.pk, subject, f"{form.owner(subject, by)}#{number:06}")
    item = FormAnswerItem(*key, by=by, at=stamp(now()), answers=rows)
    held = [FormHeldItem(*held_key(form.pk, person, subject)) for person in sorted({by, subject})]
    return item, [item, *map(Overwrite, held)]


def wanted_answered(
    asked: Sequence[tuple[str, PersonId, PersonId]],
) -> Wanted[dict[tuple[str, PersonId, PersonId], FormHeldItem]]:
    """Which of some forms (by their partition), people and those it is about have an answer."""
    return answers.wanted_held(FormHeldItem, asked)


def answers_of(form: str, subject: PersonId | None = None) -> list[FormAnswerItem]:
    """All answers, the earlier ones too, or those about one person. One consistent query per megabyte (about
    1,000).
    """
    return answers.answers_of(FormAnswerItem, f"FORM#{form}", subject)


def held_by(person: PersonId) -> list[tuple[FormItem, list[FormAnswerItem]]]:
    """What somebody has answered, or others about them, by form. One query, and two per form."""
    found = answers.answered_with(FormAnswerItem, FormHeldItem, "FORM", person)
    return [(form, mine) for mine in found if mine and (form := FormItem.find(mine[0].pk, "FORM"))]


def made_by(person: PersonId) -> list[FormItem]:
    """The forms somebody has made. One query, and one get per form."""
    rows = WrittenFormItem.query(
        f"PERSON#{person}", WrittenFormItem.sk.startswith("FORMS#"), consistent_read=True
    )
    return [form for row in rows if (form := find_form(row.sk.rpartition("#")[2]))]


def whole_form(form: FormItem) -> list[MessagesItem]:
    """All rows of a form. A query, and a get per answer and person."""
    given = answers_of(form.id)
    rows: list[MessagesItem] = [written(form), board_row(form)]
    listed = [found for row in rows if (found := type(row).find(row.pk, row.sk))]
    return [form, *listed, *held_of(FormHeldItem, given), *given]


def audiences_in(form: FormItem) -> list[Audience]:
    """For whom it is."""
    return [Audience.of(place) for place in sorted(form.places)]
