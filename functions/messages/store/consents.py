"""Consents: the question and all answers in one partition, and with each person which there are. Keys are
built only here.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from pynamodb.attributes import BooleanAttribute, JSONAttribute, NumberAttribute, UnicodeAttribute

from functions.messages.domain.audiences import Audience
from functions.messages.domain.consents import KINDS, Answer, Kind
from functions.messages.store import DueItem, MessagesItem, answers
from functions.messages.store.answers import Given, Held, given_key, held_key, held_of
from functions.messages.store.board import BoardItem, board_item, reminder_item
from skolkit.clock import now, stamp
from skolkit.errors import Text
from skolkit.table import Overwrite, Wanted, Write
from skolkit.types import GroupId, PersonId, UnitId, new_id


class KindItem(MessagesItem, discriminator="consent_kind"):
    """A kind of consent as the municipality has decided it."""

    sv = UnicodeAttribute()
    en = UnicodeAttribute()
    both = BooleanAttribute()


class AskItem(MessagesItem, discriminator="consent_ask"):
    """A question to the homes of groups; `both` is the kind's when it was asked, `until` the last day a yes
    holds.
    """

    consent_kind = UnicodeAttribute()
    both = BooleanAttribute()
    unit = UnicodeAttribute()
    groups = JSONAttribute()
    texts = JSONAttribute()
    by = UnicodeAttribute()
    asked = UnicodeAttribute()
    deadline = UnicodeAttribute()
    until = UnicodeAttribute()
    remind = NumberAttribute()
    closed = BooleanAttribute(default=False)

    @property
    def id(self) -> str:
        pk: str = self.pk
        return pk.removeprefix("CONSENT#")

    @property
    def places(self) -> list[str]:
        return [Audience("group", group, "guardians").place for group in self.groups]


class AnswerItem(Given, discriminator="consent_answer"):
    """One answer about one child; never changed. `ended` is when it was a withdrawal."""

    answer = UnicodeAttribute()
    ended = UnicodeAttribute(null=True)


class HeldItem(Held, discriminator="consent_held"):
    """`answer` is the latest of one's own, "" for the child."""

    answer = UnicodeAttribute(default="")


def find_kind(id: str) -> Kind | None:
    """A kind of consent; one consistent get."""
    item = KindItem.find("CONSENTS", f"KIND#{id}")
    return _kind(item) if item else KINDS.get(id)


def kinds() -> list[Kind]:
    """All kinds, by id. One consistent query."""
    rows = KindItem.query("CONSENTS", KindItem.sk.startswith("KIND#"), consistent_read=True)
    found = {**KINDS, **{kind.id: kind for kind in map(_kind, rows)}}
    return [found[id] for id in sorted(found)]


def kind_item(kind: Kind, version: int) -> KindItem:
    """A kind, to be written over the version read."""
    item = KindItem("CONSENTS", f"KIND#{kind.id}", sv=kind.name.sv, en=kind.name.en, both=kind.both)
    return item.over(version)


def _kind(item: KindItem) -> Kind:
    sk: str = item.sk
    return Kind(sk.removeprefix("KIND#"), Text(item.sv, item.en), item.both, int(item.version or 0))


def find_ask(id: str) -> AskItem | None:
    """A question; one consistent get."""
    return AskItem.find(f"CONSENT#{id}", "ASK")


def wanted_asks(ids: Sequence[str]) -> Wanted[dict[str, AskItem]]:
    """Questions by id."""
    keys = [(f"CONSENT#{id}", "ASK") for id in ids]
    return Wanted(AskItem, keys, lambda found: {ask.id: ask for ask in found.values()})


def wanted_open(ids: Sequence[str], day: date) -> Wanted[set[str]]:
    """Which questions are still to be answered on a day."""
    keys = [(f"CONSENT#{id}", "ASK") for id in ids]

    def answer(found: dict[tuple[str, str], Any]) -> set[str]:
        return {
            pk.removeprefix("CONSENT#") for (pk, _), ask in found.items()
            if not ask.closed and ask.deadline >= day.isoformat()
        }  # fmt: skip

    return Wanted(AskItem, keys, answer, only=("deadline", "closed"))


def new_ask(**fields: Any) -> AskItem:
    """A question asked now."""
    return AskItem(f"CONSENT#{new_id()}", "ASK", asked=stamp(now()), **fields)


def board_row(ask: AskItem) -> BoardItem:
    """The question on its unit's board."""
    at = datetime.fromisoformat(ask.asked)
    return board_item(UnitId(ask.unit), "ASK", at, ask.id, ask.places, PersonId(ask.by))


def reminder(ask: AskItem) -> DueItem | None:
    """When those who have not answered are to be reminded, if that is to come."""
    return reminder_item("REMIND", ask.id, date.fromisoformat(ask.deadline), int(ask.remind), ask.asked)


def answering(ask: AskItem, pupil: PersonId, by: PersonId, answer: Answer) -> list[Write]:
    """One more answer, and that the child and whoever answers have one. Three writes."""
    at = stamp(now())
    item = AnswerItem(
        *given_key(ask.pk, pupil, f"{at}#{new_id()}"), by=by, answer=answer, at=at,
        ended=at if answer == "withdrawn" else None,
    )  # fmt: skip
    about = [Overwrite(HeldItem(*held_key(ask.pk, pupil, pupil)))] if by != pupil else []
    return [item, *about, Overwrite(HeldItem(*held_key(ask.pk, by, pupil), answer=answer))]


def wanted_own(
    person: PersonId, asked: Sequence[tuple[str, PersonId]]
) -> Wanted[dict[tuple[str, PersonId], str]]:
    """Somebody's own latest answers to questions about children."""
    pairs = {(f"CONSENT#{ask}", person, pupil): (ask, pupil) for ask, pupil in asked}
    held = answers.wanted_held(HeldItem, list(pairs))
    return Wanted(
        held.item, held.keys,
        lambda found: {pairs[key]: item.answer for key, item in held.answer(found).items()},
    )  # fmt: skip


def answers_of(ask: str, pupil: PersonId | None = None) -> list[AnswerItem]:
    """All answers, or those about one child, oldest first of each child. One consistent query per megabyte
    (about 4,000).
    """
    return answers.answers_of(AnswerItem, f"CONSENT#{ask}", pupil)


def held_by(person: PersonId) -> list[tuple[AskItem, list[AnswerItem]]]:
    """What somebody has answered, or others about them, by question. One query, and two per question."""
    found = answers.answered_with(AnswerItem, HeldItem, "CONSENT", person)
    return [(ask, mine) for mine in found if mine and (ask := AskItem.find(mine[0].pk, "ASK"))]


def whole_ask(ask: AskItem) -> list[MessagesItem]:
    """All rows of a question, its answers and with whom they are. A query, and a get per answer and
    person.
    """
    given = answers_of(ask.id)
    row = board_row(ask)
    listed = BoardItem.find(row.pk, row.sk)
    return [ask, *([listed] if listed else []), *held_of(HeldItem, given), *given]


def withdrawn_with(item: AnswerItem) -> list[AnswerItem]:
    """A withdrawal with what it withdrew: all that its writer has answered about the child until then."""
    ask: str = item.pk
    before = answers_of(ask.removeprefix("CONSENT#"), item.subject)
    return [item, *(a for a in before if a.by == item.by and a.sk < item.sk)]


def groups_of(ask: AskItem) -> list[GroupId]:
    """The groups whose homes are asked."""
    return [GroupId(group) for group in ask.groups]
