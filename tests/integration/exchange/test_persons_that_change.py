"""Whoever follows changes hears of every change of what is shown of a person, whatever made it, and of nobody
else; and never sees half of one.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from threading import Thread
from typing import Any

import pytest

from functions.register.retention import SHELF
from functions.register.store import standard as store
from functions.register.store.items import ContactItem, KinItem, contact_key, kin_key, profile_key
from functions.register.store.people import find_person
from functions.register.usecases import rollover
from infra.local.cloud import Cloud
from skolkit.clock import today
from skolkit.table import Erase, commit
from skolkit.types import new_id
from tests.support.areas import Answer, acting_as, call
from tests.support.fixtures import lay_tables
from tests.support.population import HOME, drop_records, record
from tests.support.standard import ask, connect, every
from tests.support.stored import Undo, stored
from tests.support.tables import Clerk
from tests.support.town import HERE, THERE, adult, id_of, lay_town, number, pupil, unit_of
from tests.support.world import drop

DAY = today()
TWICE = adult("Dubbel", civicNo=number(981, "19800131"))
CHILD = pupil("Barn", HERE, responsibles=[{"person": id_of("Dubbel")}], civicNo=number(980, "20170203"))


@pytest.fixture(scope="module")
def made(cloud: Cloud) -> Iterator[Undo]:
    """The town, laid once, and the way back to it."""
    lay_tables(cloud)
    lay_town(cloud)
    assert drop(cloud, "register/persons/more.jsonl", [TWICE, CHILD])["failed"] == 0
    undo = Undo(stored())
    yield undo
    undo.close()


@pytest.fixture
def poll(made: Undo) -> Iterator[Poll]:
    yield Poll()
    made.undo()


class Poll:
    """A client that asks what has changed since it asked last."""

    def __init__(self) -> None:
        self.client = connect()
        self.latest = "2020-01-01T00:00:00Z"
        self.hear()

    def hear(self) -> set[str]:
        """By given name."""
        time.sleep(0.06)
        found = every(self.client, "persons", meta_modified_after=self.latest)
        self.latest = max([self.latest, *(e["meta"]["modified"] for e in found)])
        return {e["givenName"] for e in found}

    def seen(self, name: str) -> dict[str, Any]:
        """Somebody as they are now."""
        body: dict[str, Any] = ask(self.client, "read_persons", path={"id": id_of(name)}).body
        return body


def do(what: str, name: str, body: Any = None, *, by: str = "Stad", **path: str) -> Answer:
    found = find_person(id_of(name))
    assert found
    headers = {"if-match": f'"{found[0].version}"', "idempotency-key": new_id()}
    answer = call(
        "register", what, id_of(by), path={"person": id_of(name), **path}, body=body, headers=headers
    )
    assert answer.status < 300, answer.body
    return answer


def stay(name: str) -> str:
    found = find_person(id_of(name))
    assert found
    return next(e.id for e in found[1].enrolments if not e.cancelled)


REACH = {"emails": [{"value": "ny@example.org"}]}
CARD = {"givenName": "Asa", "familyName": "Nytt", "birthDate": "2017-02-03"}
MARKED = {"securityMarking": "Sekretessmarkering", "basis": "populationRegister"}
FIRST = (DAY + timedelta(days=1)).isoformat()
WRITERS: dict[str, Callable[[], object]] = {
    "change_person": lambda: do("change_person", "Asa", CARD),
    "change_number": lambda: do(
        "change_number", "Asa", {"civicNo": number(982, "20170203"), "since": DAY.isoformat()}
    ),
    "change_reach": lambda: do("change_reach", "Asa", REACH),
    "put_responsible": lambda: do("put_responsible", "Asa", {}, adult=id_of("Utomstående")),
    "end_responsible": lambda: do("end_responsible", "Asa", adult=id_of("Margareta")),
    "enrol_pupil": lambda: do(
        "enrol_pupil", "Asa", {"unit": unit_of(HERE), "schoolForm": "FTH", "startDate": "2026-09-01"}
    ),
    "change_enrolment": lambda: do(
        "change_enrolment", "Asa", {"year": 4, "endDate": None}, enrolment=stay("Asa")
    ),
    "cancel_enrolment": lambda: do("cancel_enrolment", "Asa", enrolment=stay("Asa")),
    "ask_transfer": lambda: do(
        "ask_transfer", "Asa", {"enrolment": stay("Asa"), "toUnit": unit_of(THERE), "firstDay": FIRST}
    ),
    "leave_school": lambda: do(
        "leave_school", "Asa", {"lastDay": DAY.isoformat(), "reason": "abroad", "destination": {}}
    ),
}  # fmt: skip


@pytest.mark.parametrize("writer", WRITERS)
def test_a_change_by_somebody_is_heard_of(poll: Poll, writer: str) -> None:
    before = poll.seen("Asa")
    WRITERS[writer]()
    assert poll.hear() == {"Asa"}
    after = poll.seen("Asa")
    assert {**before, "meta": None} != {**after, "meta": None}
    assert before["meta"]["created"] == after["meta"]["created"]


def test_a_persons_own_mail_is_heard_of(poll: Poll) -> None:
    body = {"email": "egen@example.org", "phone": None, "language": "sv"}
    version = ContactItem.get(*contact_key(id_of("Margareta"))).version
    answer = call("register", "change_contacts", id_of("Margareta"), path={"person": id_of("Margareta")},
                  body=body, headers={"if-match": f'"{version}"'})  # fmt: skip
    assert answer.status == 200, answer.body
    assert poll.hear() == {"Margareta"}
    assert poll.seen("Margareta")["emails"] == [{"value": "egen@example.org", "type": "Privat"}]


def test_files_tables_and_the_population_register_are_heard_of(poll: Poll, cloud: Cloud) -> None:
    drop(cloud, "register/persons/again.jsonl", [CHILD, TWICE])
    assert poll.hear() == set()  # the same rows
    drop(cloud, "register/persons/new.jsonl", [CHILD | {"email": "barn@example.org"}, TWICE])
    assert poll.hear() == {"Barn"}
    clerk = Clerk("register", id_of("Stad"))
    taken = clerk.take("persons", [["Id", "E-post"], [id_of("Barn"), "tabell@example.org"]])
    assert poll.hear() == {"Barn"}
    created = poll.seen("Barn")["meta"]["created"]
    clerk.undo(taken)
    assert poll.hear() == {"Barn"}
    assert poll.seen("Barn")["emails"][0]["value"] == "barn@example.org"
    assert poll.seen("Barn")["meta"]["created"] == created
    rows = [record(CHILD["civicNo"], familyName="Elev", givenName="Barn",
                   registered={"municipality": HOME, "since": "2010-01-01"})]  # fmt: skip
    drop_records(cloud, rows)
    assert poll.hear() == {"Barn"}
    assert poll.seen("Barn")["addresses"][0]["streetAddress"] == "Provgatan 1"


def test_protection_that_is_set_and_lifted_is_heard_of(poll: Poll) -> None:
    do("change_reach", "Asa", REACH)
    poll.hear()
    do("protect_person", "Asa", MARKED)
    assert poll.hear() == set()  # not there for this client
    whole = connect(protected="pseudonym")
    hidden = ask(whole, "read_persons", path={"id": id_of("Asa")}).body
    assert (hidden["securityMarking"], "emails" in hidden) == ("Sekretessmarkering", False)
    do("protect_person", "Asa", {"securityMarking": "Ingen", "basis": "markingRemoved"}, by="Här")
    assert poll.hear() == {"Asa"}
    assert poll.seen("Asa")["emails"] == [{"value": "ny@example.org", "type": "Privat"}]


def test_a_merge_is_heard_of_by_the_child_too_and_so_is_its_undoing(poll: Poll) -> None:
    """The record that is closed is not there any more; its child has the kept one as responsible adult."""
    created = poll.seen("Dubbel")["meta"]["created"]
    merged = do("merge_persons", "Utomstående", {"duplicate": id_of("Dubbel")}).body["id"]
    assert poll.hear() == {"Utomstående", "Barn"}
    assert [r["person"]["id"] for r in poll.seen("Barn")["responsibles"]] == [id_of("Utomstående")]
    assert poll.seen("Utomstående")["civicNo"]["value"] == TWICE["civicNo"]
    assert ask(poll.client, "read_persons", path={"id": id_of("Dubbel")}).status == 404
    assert all(e["id"] != id_of("Dubbel") for e in every(poll.client, "persons", sortkey="GivenNameAsc"))
    undone = call("register", "undo_merge", id_of("Stad"), path={"merge": merged})
    assert undone.status == 204, undone.body
    assert poll.hear() == {"Utomstående", "Barn", "Dubbel"}
    assert [r["person"]["id"] for r in poll.seen("Barn")["responsibles"]] == [id_of("Dubbel")]
    assert poll.seen("Dubbel")["meta"]["created"] == created
    assert "civicNo" not in poll.seen("Utomstående")


def test_a_new_school_year_is_heard_of_and_taken_back(poll: Poll) -> None:
    fact = rollover.YearRolledOver.model_validate(
        {
            "rollover": new_id(), "chunk": "1", "unit": unit_of(HERE), "school_form": "GR", "from_year": 3,
            "to_form": "GR", "to_year": 4, "first_day": FIRST, "pupils": {id_of("Ella"): None},
        }
    )  # fmt: skip
    with acting_as("register"):
        rollover.roll_over(fact)
    assert poll.hear() == {"Ella"}
    assert [e["schoolYear"] for e in poll.seen("Ella")["enrolments"]] == [3, 4]
    with acting_as("register"):
        rollover.roll_back(fact)
    assert poll.hear() == {"Ella"}
    assert [e["cancelled"] for e in poll.seen("Ella")["enrolments"]] == [False, True]


def test_what_retention_erases_is_heard_of(poll: Poll) -> None:
    with acting_as("register"):
        contact = SHELF.whole["contact"](ContactItem.get(*contact_key(id_of("Asa"))))
        assert contact
        commit(*map(Erase, contact.rows), *contact.also)
    assert poll.hear() == {"Asa"}
    assert "emails" not in poll.seen("Asa")
    with acting_as("register"):
        custody = SHELF.whole["kin"](KinItem.get(*kin_key(id_of("Barn"))))
        assert custody
        commit(*map(Erase, custody.rows), *custody.also)
    assert poll.hear() == {"Barn"}
    assert "responsibles" not in poll.seen("Barn")


def test_a_person_that_is_read_in_the_middle_of_a_change_is_read_again(
    poll: Poll, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first read has the enrolments and the contact from before a change, the profile from after it."""
    key, real, reads = profile_key(id_of("Asa")), store._rows, []
    old = real(key[0], consistent=True)

    def torn(pk: str, *, consistent: bool) -> list[Any]:
        rows = real(pk, consistent=consistent)
        reads.append(consistent)
        if len(reads) == 1:
            profile = [row for row in rows if row["sk"]["S"] == "PROFILE"]
            return [row for row in old if row["sk"]["S"] != "PROFILE"] + profile
        return rows

    do("change_reach", "Asa", REACH)
    monkeypatch.setattr(store, "_rows", torn)
    (found,) = store.whole_people([key], consistent=False).values()
    assert found.contact.email == "ny@example.org"  # type: ignore[union-attr]
    assert reads == [False, True, True]  # until it has been read the same twice
    time.sleep(0.06)
    reads[:] = [False]
    store.whole_people([key], consistent=False)
    assert reads == [False, False]  # what has been there for a while is read once


def test_a_part_that_is_newer_than_the_profile_is_read_again(
    poll: Poll, monkeypatch: pytest.MonkeyPatch
) -> None:
    time.sleep(0.06)
    key, real, reads = profile_key(id_of("Asa")), store._rows, []
    old = [row for row in real(key[0], consistent=True) if row["sk"]["S"] == "PROFILE"]
    do("change_reach", "Asa", REACH)
    time.sleep(0.06)

    def torn(pk: str, *, consistent: bool) -> list[Any]:
        rows = real(pk, consistent=consistent)
        reads.append(consistent)
        return [*(r for r in rows if r["sk"]["S"] != "PROFILE"), *old] if len(reads) == 1 else rows

    monkeypatch.setattr(store, "_rows", torn)
    (found,) = store.whole_people([key], consistent=False).values()
    assert found.changed > found.created
    assert reads == [False, True]


def test_nobody_sees_half_a_change(poll: Poll) -> None:
    """Mail and family name are changed together, over and over, while a client reads."""
    stop: list[bool] = []

    def write() -> None:
        n = 0
        while not stop:
            found = find_person(id_of("Asa"))
            assert found
            profile = found[0]
            contact = ContactItem.get(*contact_key(id_of("Asa")))
            n += 1
            profile.family_name = contact.email = f"n{n}@example.org"
            commit(profile, contact)

    do("change_reach", "Asa", {"emails": []})
    writer = Thread(target=write)
    writer.start()
    try:
        for _ in range(60):
            (whole,) = store.whole_people([profile_key(id_of("Asa"))], consistent=False).values()
            mail = getattr(whole.contact, "email", None)
            assert mail is None or mail == whole.card.family_name
    finally:
        stop.append(True)
        writer.join()
