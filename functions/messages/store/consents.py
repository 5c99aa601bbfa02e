"""Consents: the question and all answers in one partition, and with each person which there are. Keys are
built only here.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from pynamodb.attributes import BooleanAttribute, JSONAttribute, NumberAttribute, UnicodeAttribute

from functions.messages.domain.audiences import Audience
from functions.messages.domain.consents import KINDS, Answer, Kind, reminded_at
from functions.messages.store import DueItem, MessagesItem
from functions.messages.store.board import BoardItem, board_item, due_item
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


class AnswerItem(MessagesItem, discriminator="consent_answer"):
    """One answer about one child; never changed. `ended` is when it was a withdrawal."""

    by = UnicodeAttribute()
    answer = UnicodeAttribute()
    at = UnicodeAttribute()
    ended = UnicodeAttribute(null=True)

    @property
    def pupil(self) -> PersonId:
        return PersonId(self.sk.split("#")[1])


class HeldItem(MessagesItem, discriminator="consent_held"):
    """That there is an answer by or about somebody; `answer` is the latest of one's own, "" for the child."""

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
    at = reminded_at(date.fromisoformat(ask.deadline), int(ask.remind))
    return due_item(at, "REMIND", ask.id) if ask.remind and stamp(at) > ask.asked else None


def answering(ask: AskItem, pupil: PersonId, by: PersonId, answer: Answer) -> list[Write]:
    """One more answer, and that the child and whoever answers have one. Three writes."""
    at = stamp(now())
    item = AnswerItem(
        ask.pk, f"A#{pupil}#{at}#{new_id()}", by=by, answer=answer, at=at,
        ended=at if answer == "withdrawn" else None,
    )  # fmt: skip
    about = [Overwrite(HeldItem(*_held(pupil, ask.id, pupil)))] if by != pupil else []
    return [item, *about, Overwrite(HeldItem(*_held(by, ask.id, pupil), answer=answer))]


def _held(person: PersonId, ask: str, pupil: PersonId) -> tuple[str, str]:
    return f"PERSON#{person}", f"CONSENT#{ask}#{pupil}"


def wanted_own(
    person: PersonId, asked: Sequence[tuple[str, PersonId]]
) -> Wanted[dict[tuple[str, PersonId], str]]:
    """Somebody's own latest answers to questions about children."""
    keys = {_held(person, ask, pupil): (ask, pupil) for ask, pupil in asked}
    return Wanted(HeldItem, list(keys), lambda found: {keys[k]: item.answer for k, item in found.items()})


def answers_of(ask: str, pupil: PersonId | None = None) -> list[AnswerItem]:
    """All answers, or those about one child, oldest first of each child. One consistent query per megabyte
    (about 4,000).
    """
    prefix = f"A#{pupil}#" if pupil else "A#"
    return list(AnswerItem.query(f"CONSENT#{ask}", AnswerItem.sk.startswith(prefix), consistent_read=True))


def held_by(person: PersonId) -> list[tuple[AskItem, list[AnswerItem]]]:
    """What somebody has answered, or others about them, by question. One query, and two per question."""
    rows = HeldItem.query(f"PERSON#{person}", HeldItem.sk.startswith("CONSENT#"), consistent_read=True)
    found = []
    for row in rows:
        _, id, pupil = row.sk.split("#")
        ask = find_ask(id)
        if ask:
            mine = [a for a in answers_of(id, PersonId(pupil)) if person in (pupil, a.by)]
            found.append((ask, mine))
    return found


def whole_ask(ask: AskItem) -> list[MessagesItem]:
    """All rows of a question, its answers and with whom they are. A query, and a get per answer and
    person.
    """
    answers = answers_of(ask.id)
    keys = {_held(PersonId(who), ask.id, a.pupil) for a in answers for who in (a.by, a.pupil)}
    held = [found for key in sorted(keys) if (found := HeldItem.find(*key))]
    row = board_row(ask)
    listed = BoardItem.find(row.pk, row.sk)
    return [ask, *([listed] if listed else []), *held, *answers]


def withdrawn_with(item: AnswerItem) -> list[AnswerItem]:
    """A withdrawal with what it withdrew: all that its writer has answered about the child until then."""
    ask: str = item.pk
    before = answers_of(ask.removeprefix("CONSENT#"), item.pupil)
    return [item, *(a for a in before if a.by == item.by and a.sk < item.sk)]


def groups_of(ask: AskItem) -> list[GroupId]:
    """The groups whose homes are asked."""
    return [GroupId(group) for group in ask.groups]
