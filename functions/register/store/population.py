"""What a record of the population register writes, and the records that could not be taken (parked)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute

from functions.register.domain.contacts import Address, Contact
from functions.register.domain.people import PersonCard, PersonName
from functions.register.domain.population import Last, Notice
from functions.register.store.contacts import addressed, contact_of, sealed_contact, unsealed_contact
from functions.register.store.items import (
    ContactItem,
    K,
    PersonItem,
    RegisterItem,
    as_kind,
    contact_key,
    profile_key,
)
from functions.register.store.people import born_on, card_of, rows_of
from functions.register.store.writes import born_writes, civic_item, number_item, relation_writes
from skolkit.clock import now, stamp
from skolkit.cursor import seal, unseal
from skolkit.errors import Text
from skolkit.table import LIMIT, Overwrite, Remove, Wanted, Write, chunks, commit, fetch, put_many
from skolkit.types import PersonId

WAITING, SETTLED = "PARKED", "PARKED#SETTLED"
SETTLED_DAYS = 365  # longer than a file can come again


@dataclass(frozen=True, slots=True)
class Stored:
    """A person as stored: the card, what the last record said, and the items to write again."""

    id: PersonId
    card: PersonCard | None
    last: Last | None
    profile: PersonItem | None = None
    contact: ContactItem | None = None


def find_stored(person: PersonId) -> Stored:
    """Everything about a person, also of one who so far is only a number that others name. One consistent
    query; one more for a record that proved to be another's.
    """
    rows = rows_of(person)
    card = card_of(person, rows)
    if card and card.merged_into:
        return find_stored(card.merged_into)
    profile = _only(PersonItem, rows)
    return Stored(person, card, last_of(profile), profile, _only(ContactItem, rows))


def _only(kind: type[K], rows: Sequence[RegisterItem]) -> K | None:
    return next((found for row in rows if (found := as_kind(kind, row))), None)


def last_of(profile: PersonItem | None) -> Last | None:
    """What the last record taken said."""
    return Last(*profile.notice) if profile and profile.notice else None


def wanted_lasts(ids: Sequence[PersonId]) -> Wanted[dict[PersonId, tuple[date, Last | None]]]:
    """Birth dates and last records of those who are in the register."""

    def answer(found: dict[tuple[str, str], PersonItem]) -> dict[PersonId, tuple[date, Last | None]]:
        items = {p: found[key] for p in ids if (key := profile_key(p)) in found}
        return {p: (date.fromisoformat(item.birth_date), last_of(item)) for p, item in items.items()}

    keys = [profile_key(person) for person in ids]
    return Wanted(PersonItem, keys, answer, only=("birth_date", "notice"))


def unnumbered(born: date) -> list[PersonName]:
    """Those born on a day whom the register knows without an identity number. One query; a batch more when
    anybody was born that day.
    """

    def answer(found: dict[tuple[str, str], PersonItem]) -> list[PersonName]:
        items = {p: found[key] for p in ids if (key := profile_key(p)) in found}
        return [
            PersonName(person, item.given_name, item.family_name, item.marking != "Ingen")
            for person, item in items.items()
            if not item.civic_no and not item.merged_into
        ]

    ids = born_on(born)
    names = ("given_name", "family_name", "marking", "civic_no", "merged_into")
    wanted = Wanted(PersonItem, [profile_key(person) for person in ids], answer, only=names)
    found: list[PersonName] = fetch(wanted)[0]
    return found


def is_rehoused(stored: Stored, notice: Notice) -> bool:
    """Whether the address of the population register is another. Of a protected person that is not known."""
    contact = contact_of(stored.id, stored.contact)
    if not isinstance(contact, Contact):
        return False
    old = [_place(a) for a in contact.addresses if a.type == "Folkbokföring"]
    new = [_place(a) for a in notice.addresses if a.type == "Folkbokföring"]
    return bool(old and new) and old != new


def _place(address: Address) -> tuple[str, ...]:
    return tuple(" ".join(x.split()).casefold() for x in (address.street, address.postal_code))


def notice_writes(
    stored: Stored, card: PersonCard, notice: Notice, claims: Iterable[tuple[str, PersonId]]
) -> list[Write]:
    """What makes the stored person like `card`, guarded by the version of the profile. `claims` are numbers
    that belong to nobody yet.
    """
    profile = stored.profile or PersonItem(*profile_key(card.id))
    born, before = card.birth_date, stored.card
    writes: list[Write] = [profile, *_contact(stored, card, notice)]
    writes += [civic_item(number, person) for number, person in claims]
    old_numbers = before.numbers if before else ()
    writes += [
        Overwrite(number_item(card.id, span.number, span.since))
        for span in card.numbers
        if span not in old_numbers
    ]
    writes += born_writes(card.id, born, before.birth_date.isoformat() if before else None)
    responsible = before.responsibles if before else ()
    moved = before is None or before.birth_date != born
    if set(card.responsibles) != set(responsible) or (moved and card.responsibles):
        writes += relation_writes(card.id, born, card.responsibles, responsible, notice.day)
    _set_profile(profile, card, notice)
    return writes


def restored_writes(stored: Stored, notice: Notice) -> list[Write]:
    """The contact that the record taken last tells of, guarded by the version of the profile; nothing when
    there is one, or another record was the last.
    """
    if stored.contact or not (stored.card and stored.profile and stored.last and notice.addresses):
        return []
    if stored.last.digest != notice.digest:
        return []
    return [stored.profile, *_contact(stored, stored.card, notice)]


def _set_profile(item: PersonItem, card: PersonCard, notice: Notice) -> None:
    item.given_name, item.middle_name, item.family_name = card.given_name, card.middle_name, card.family_name
    item.birth_date, item.sex = card.birth_date.isoformat(), card.sex
    item.status, item.marking, item.municipality = card.status, card.marking, card.municipality
    item.civic_no = card.civic_no
    item.notice = [notice.time, notice.digest, notice.marking, notice.parish]


def _contact(stored: Stored, card: PersonCard, notice: Notice) -> Iterator[Write]:
    """The contact sealed, or in the clear again, with the record's addresses beside those of other kinds."""
    item = stored.contact or ContactItem(*contact_key(card.id))
    before = item.serialize()
    contact = contact_of(card.id, item)
    others = contact.addresses if isinstance(contact, Contact) else ()
    if card.protected and not item.withheld:
        item = sealed_contact(item, card.id)
    elif item.withheld and not card.protected:
        item = unsealed_contact(item, card.id)
    if notice.addresses:
        mine = {a.type for a in notice.addresses} | {"Folkbokföring", "Särskild postadress"}
        item = addressed(item, card.id, [*notice.addresses, *(a for a in others if a.type not in mine)])
    if stored.contact is None or item.serialize() != before:
        yield item


# Parked records


class ParkedItem(RegisterItem, discriminator="parked"):
    """A record that could not be taken: where it is in its file, and why, in words without personal values.
    `state` is waiting or retried; a settled one says by whom and how.
    """

    bucket = UnicodeAttribute()
    file = UnicodeAttribute()
    etag = UnicodeAttribute()
    line = NumberAttribute()
    offset = NumberAttribute()
    length = NumberAttribute()
    field = UnicodeAttribute(default="")
    reason = JSONAttribute()
    state = UnicodeAttribute(default="waiting")
    parked = UnicodeAttribute()
    settled = UnicodeAttribute(null=True)
    settled_as = UnicodeAttribute(null=True)


@dataclass(frozen=True, slots=True)
class Place:
    """A record's place: `file_id` is of the file's key and content, `line` counts from 1, bytes from 0."""

    file_id: str
    bucket: str
    file: str
    etag: str
    line: int
    offset: int
    length: int

    @property
    def key(self) -> tuple[str, str]:
        return WAITING, f"{self.file_id}#{self.line:09}"


def park(faults: Iterable[tuple[Place, str, Text]]) -> int:
    """Keep records (place, field, reason) for an administrator; those parked or settled before stay as they
    are. Returns how many are new. Per 50 records a read and two writes.
    """
    at, count = stamp(now()), 0
    for some in chunks(faults, LIMIT // 2):
        keys = [(pk, place.key[1]) for place, _, _ in some for pk in (WAITING, SETTLED)]
        known = {sk for _, sk in fetch(Wanted(ParkedItem, keys, dict), consistent=True)[0]}
        count += put_many(
            _parked(place, field, reason, at) for place, field, reason in some if place.key[1] not in known
        )
    return count


def park_again(place: Place, field: str, reason: Text) -> None:
    """Keep one record, also when it has been tried again: it waits with what was wrong this time."""
    if not park([(place, field, reason)]) and (item := find_parked(place.file_id, place.line)):
        item.state, item.field, item.reason = "waiting", field, [reason.sv, reason.en]
        commit(item)


def _parked(place: Place, field: str, reason: Text, at: str) -> ParkedItem:
    return ParkedItem(
        *place.key, bucket=place.bucket, file=place.file, etag=place.etag, line=place.line,
        offset=place.offset, length=place.length, field=field, reason=[reason.sv, reason.en], parked=at,
    )  # fmt: skip


def place_of(item: ParkedItem) -> Place:
    """Where the record is."""
    sk: str = item.sk
    return Place(
        sk.partition("#")[0], item.bucket, item.file, item.etag,
        int(item.line), int(item.offset), int(item.length),
    )  # fmt: skip


def find_parked(file_id: str, line: int) -> ParkedItem | None:
    """A record that waits, consistently read."""
    return ParkedItem.find(WAITING, f"{file_id}#{line:09}")


def settled_writes(item: ParkedItem, how: str, at: datetime) -> list[Write]:
    """The record out of the list of those that wait, remembered so that the same file does not park it
    again.
    """
    gone = ParkedItem(
        SETTLED, item.sk, bucket=item.bucket, file=item.file, etag=item.etag, line=item.line,
        offset=item.offset, length=item.length, field=item.field, reason=item.reason, parked=item.parked,
        state="settled", settled=stamp(at), settled_as=how,
        expires=int((at + timedelta(days=SETTLED_DAYS)).timestamp()),
    )  # fmt: skip
    return [Overwrite(gone), Remove(item)]


def page_of_parked(cursor: str | None, limit: int, caller: str) -> tuple[list[ParkedItem], str | None]:
    """Records that wait, by file and line, with the cursor to the next page. One query."""
    found = ParkedItem.query(
        WAITING, limit=limit, page_size=limit, last_evaluated_key=unseal(cursor, "parked", caller)
    )
    return list(found), seal(found.last_evaluated_key, "parked", caller)
