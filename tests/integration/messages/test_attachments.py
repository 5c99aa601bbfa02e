"""Files with news and messages: sent, scanned, attached, fetched by those who may, forgotten."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from functions.messages.domain import attachments as rules
from functions.messages.extract import gather
from functions.messages.store import attachments as store
from functions.messages.store import conversations
from functions.messages.store.conversations import find_talk, whole_talk
from functions.messages.store.news import find_post, whole_post
from functions.messages.usecases import attachments
from infra.local.cloud import Cloud
from skolkit import clock
from skolkit.aws import client
from skolkit.extracts import Requested
from skolkit.table import commit
from skolkit.types import PersonId, new_id
from tests.support.areas import FILES_BUCKET, Answer, acting_as, audit_rows, call, drop_file, outbox
from tests.support.asks import new_key, over
from tests.support.attached import (
    DOCX,
    EICAR,
    TEXT,
    asked,
    attachment,
    held,
    office,
    pdf,
    removed,
    scan,
    sent,
    state,
    stored,
)
from tests.support.letters import (
    TEXTS,
    audience,
    conversation,
    custody_ended,
    messages,
    post,
    published,
    seen,
    write,
)
from tests.support.meter import metered
from tests.support.world import World, make_world

NAME = "Läkarintyg å.pdf"


@pytest.fixture
def world(tables: Cloud) -> World:
    return make_world(tables)


@pytest.fixture
def home(world: World) -> PersonId:
    return world.classmates()[0].guardians[0].guardian_id


@pytest.fixture
def mentor(world: World) -> PersonId:
    return world.klass.mentor_ids[0]


def refusal(answer: Answer) -> tuple[int, str]:
    return answer.status, answer.body["type"].rpartition(":")[2]


def link(by: PersonId, talk: str, message: str, file: str) -> Answer:
    path = {"conversation": talk, "message": message, "attachment": file}
    return call("messages", "link_message_attachment", by, path=path)


def news_link(by: PersonId, id: str, file: str) -> Answer:
    return call("messages", "link_news_attachment", by, path={"news": id, "attachment": file})


def edit(by: PersonId, id: str, version: int, **change: Any) -> Answer:
    body = {"texts": TEXTS, **change}
    return call("messages", "edit_news", by, path={"news": id}, body=body, headers=over(version))


def test_a_clean_file_goes_with_a_message_and_is_fetched_under_its_name(
    world: World, home: PersonId, mentor: PersonId
) -> None:
    pupil = world.classmates()[0]
    file = attachment(home, name=NAME)
    assert stored() == {f"released/messages/{file}"}
    view = {"id": file, "name": NAME, "type": "application/pdf", "size": len(pdf())}
    assert state(home, file) == {**view, "state": "clean", "reason": None}
    talk, message = conversation(home, pupil.id, attachments=[file])
    assert messages(mentor, talk)[0]["attachments"] == [view]
    answer = link(mentor, talk, message, file)
    assert (answer.status, answer.body["seconds"]) == (200, 300)
    url = urlsplit(answer.body["url"])
    assert parse_qs(url.query)["X-Amz-Expires"] == ["300"]
    assert not [part for part in ("intyg", "pdf", "disposition") if part in answer.body["url"].lower()]
    got = httpx.get(answer.body["url"])
    assert (got.status_code, got.content) == (200, pdf())
    said = got.headers["content-disposition"]
    assert said.startswith('attachment; filename="Lakarintyg a.pdf"; ')
    assert said.endswith("filename*=UTF-8''L%C3%A4karintyg%20%C3%A5.pdf")
    assert "link_message_attachment" in {row["action"] for row in audit_rows(pupil.id)}
    assert "intyg" not in json.dumps([outbox("messages"), audit_rows(pupil.id), audit_rows(file)]).lower()


def test_who_may_not_read_the_message_may_not_have_the_file(
    world: World, home: PersonId, mentor: PersonId
) -> None:
    pupil = world.classmates()[0]
    other, neighbour = pupil.guardians[1].guardian_id, world.classmates()[1].guardians[0].guardian_id
    file = attachment(home)
    talk, message = conversation(home, pupil.id, attachments=[file])
    for person in (other, neighbour, pupil.id, world.staff("principal"), world.staff("administrator")):
        assert link(person, talk, message, file).status == 404
    other_talk, other_message = conversation(mentor, pupil.id)
    assert link(home, other_talk, other_message, file).status == 404
    assert link(home, other_talk, message, file).status == 404
    assert link(home, talk, message, new_id()).status == 404
    assert link(home, talk, message, file).status == 200
    custody_ended(world, pupil.id, home)
    assert link(home, talk, message, file).status == 404
    assert link(mentor, talk, message, file).status == 200


def test_a_hidden_message_takes_its_files_along(world: World, home: PersonId, mentor: PersonId) -> None:
    pupil, head = world.classmates()[0], world.staff("principal")
    file = attachment(home)
    talk, message = conversation(home, pupil.id, attachments=[file])
    path, why = {"conversation": talk, "message": message}, {"reason": "Olämpligt"}
    assert call("messages", "report_message", mentor, path=path, body=why).status == 204
    assert link(head, talk, message, file).status == 200
    assert call("messages", "hide_message", head, path=path, body=why).status == 204
    for person in (mentor, home):
        assert link(person, talk, message, file).status == 404
        assert messages(person, talk)[0]["attachments"] == []
    assert link(head, talk, message, file).status == 200
    assert messages(head, talk)[0]["attachments"][0]["id"] == file


@pytest.mark.parametrize(("content", "type", "name", "why"), [
    (EICAR, TEXT, "a.txt", "malware"),
    (office(DOCX, word__a_xml=EICAR), DOCX, "a.docx", "malware"),
    (office(DOCX, word__vbaProject_bin=b"x"), DOCX, "a.docx", "macros"),
    (pdf(b"<</S/JavaScript/JS(a)>>"), "application/pdf", "a.pdf", "activeContent"),
    (b"MZ", "image/png", "a.png", "typeMismatch"),
], ids=["malware", "malware in office", "macros", "script", "mismatch"])  # fmt: skip
def test_a_refused_file_is_deleted_and_its_sender_told_why(
    home: PersonId, world: World, content: bytes, type: str, name: str, why: str
) -> None:
    file = attachment(home, content, name, type)
    assert (state(home, file)["state"], state(home, file)["reason"]) == ("refused", why)
    assert stored() == set()
    refused = write(
        "start_conversation", home, path={"pupil": world.classmates()[0].id}, title="x", attachments=[file]
    )
    assert refusal(refused) == (409, "attachment-refused")
    assert refused.body["errors"][0]["field"] == "attachments.0"
    (scanned,) = (row for row in audit_rows(file) if row["action"] == "scan_attachment")
    assert (scanned["reason"], scanned["changes"]) == (why, "refused")


def test_two_files_at_the_same_moment_are_both_taken(home: PersonId, monkeypatch: pytest.MonkeyPatch) -> None:
    seen, late = conversations.pace, iter([True])

    def pace(person: PersonId, **more: str) -> Any:
        read = seen(person, **more)
        if next(late, False):  # the other is counted when this one has been read
            assert asked(home, "a.pdf").status == 201
        return read

    monkeypatch.setattr(attachments, "pace", pace)
    assert asked(home, "b.pdf").status == 201


def test_a_file_in_quarantine_is_nobodys(world: World, home: PersonId, mentor: PersonId) -> None:
    pupil = world.classmates()[0]
    file = sent(home)
    assert state(home, file)["state"] == "waiting"
    early = write("start_conversation", home, path={"pupil": pupil.id}, title="x", attachments=[file])
    assert refusal(early) == (409, "still-scanning")
    assert "några sekunder" in early.body["detail"]
    for person in (mentor, pupil.id, world.staff("administrator")):
        assert call("messages", "read_attachment", person, path={"attachment": file}).status == 404
    talk, message = conversation(home, pupil.id)
    assert link(home, talk, message, file).status == 404


def test_only_ones_own_unused_file_once(world: World, home: PersonId, mentor: PersonId) -> None:
    pupil, file = world.classmates()[0], attachment(home)
    talk, _ = conversation(mentor, pupil.id)

    def attach(by: PersonId, *ids: str) -> tuple[int, str]:
        answer = write("write_message", by, path={"conversation": talk}, attachments=list(ids))
        return refusal(answer) if answer.status != 201 else (201, "")

    assert attach(mentor, file) == (422, "unknown-attachment")
    assert attach(home, new_id()) == (422, "unknown-attachment")
    assert attach(home, file, file) == (422, "attachment-twice")
    assert attach(home, *(new_id() for _ in range(6))) == (422, "invalid")
    assert len(messages(home, talk)) == 1
    assert attach(home, file) == (201, "")
    assert attach(home, file) == (409, "attachment-used")
    assert refusal(post(home, audience("group", world.klass.id), attachments=[file])) == (404, "not-found")
    assert len(messages(home, talk)) == 2
    five = [attachment(home, name=f"{n}.pdf") for n in range(5)]
    assert attach(home, *five) == (201, "")
    assert [a["id"] for a in messages(home, talk)[-1]["attachments"]] == five


def test_a_repeated_message_is_one_and_keeps_its_file(world: World, home: PersonId) -> None:
    file, key = attachment(home), new_key()
    body = {"title": "x", "text": "Hej", "attachments": [file]}
    path = {"pupil": world.classmates()[0].id}
    first, again = (
        call("messages", "start_conversation", home, path=path, body=body, headers=key) for _ in range(2)
    )
    assert (first.status, again.status, first.body) == (201, 201, again.body)


def test_the_first_upload_counts(home: PersonId) -> None:
    """Neither a later upload to the same form nor an old event changes what was judged."""
    file = attachment(home)
    client("s3").put_object(Bucket=FILES_BUCKET, Key=f"quarantine/messages/{file}", Body=EICAR)
    scan(file)
    assert state(home, file)["state"] == "clean"
    assert (held(file), stored()) == (pdf(), {f"released/messages/{file}"})
    bad = attachment(home, EICAR, "a.txt", TEXT)
    client("s3").put_object(Bucket=FILES_BUCKET, Key=f"quarantine/messages/{bad}", Body=b"Hej")
    scan(bad)
    assert state(home, bad)["state"] == "refused"
    assert stored() == {f"released/messages/{file}"}


def test_what_nobody_asked_for_is_not_kept(home: PersonId) -> None:
    for key in (f"quarantine/messages/{new_id()}", "quarantine/messages/../x"):
        client("s3").put_object(Bucket=FILES_BUCKET, Key=key, Body=pdf())
        drop_file("messages", "scan_attachment", key, FILES_BUCKET)
    assert stored() == {"quarantine/messages/../x"}  # no id: its week ends by itself
    drop_file("messages", "scan_attachment", f"quarantine/messages/{sent(home)}x", FILES_BUCKET)
    gone = sent(home)
    client("s3").delete_object(Bucket=FILES_BUCKET, Key=f"quarantine/messages/{gone}")
    scan(gone)
    assert state(home, gone)["state"] == "waiting"


def test_the_form_lets_s3_refuse_what_is_wrong(home: PersonId) -> None:
    form = asked(home, "a.txt", TEXT, 3).body

    def put(content: bytes, **fields: str) -> int:
        data = form["fields"] | fields
        return httpx.post(form["url"], data=data, files={"file": ("x", content)}).status_code

    assert put(b"") == put(b"Hej!") == 400
    assert put(b"Hej", **{"Content-Type": "text/html"}) == 403
    assert put(b"Hej", key=f"released/messages/{form['id']}") == 403
    assert stored() == set()
    assert put(b"Hej") == 204
    assert stored() == {f"quarantine/messages/{form['id']}"}


@pytest.mark.parametrize(("name", "type", "size", "wrong"), [
    ("../a.pdf", "application/pdf", 1, (422, "unfit-name")),
    ("a\r\nb.pdf", "application/pdf", 1, (422, "unfit-name")),
    ("a.exe", "application/pdf", 1, (422, "unfit-name")),
    ("a.svg", "image/svg+xml", 1, (422, "unsupported-type")),
    ("a.pdf", "application/pdf", 0, (422, "invalid")),
    ("a.pdf", "application/pdf", 10_000_001, (422, "file-too-large")),
    ("a" * 117 + ".pdf", "application/pdf", 1, (422, "invalid")),
])  # fmt: skip
def test_what_cannot_be_sent(home: PersonId, name: str, type: str, size: int, wrong: tuple[int, str]) -> None:
    answer = asked(home, name, type, size)
    assert refusal(answer) == wrong
    assert name not in json.dumps(answer.body)


def test_how_many_files_one_sends(home: PersonId, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "LIMITS", rules.LIMITS)
    monkeypatch.setattr(rules.check_pace, "__defaults__", (rules.Limits(per_hour=2),))
    assert [asked(home, "a.pdf").status for _ in range(3)] == [201, 201, 429]


def test_news_with_files_changed_and_withdrawn(world: World, home: PersonId, mentor: PersonId) -> None:
    pupil, head = world.classmates()[0], world.staff("principal")
    one, two = attachment(mentor, name="Plan.pdf"), attachment(mentor, b"Ta med matsack", "Packa.txt", TEXT)
    id = published(mentor, audience("group", world.klass.id), attachments=[one])
    assert [a["name"] for a in seen(home)[0]["attachments"]] == ["Plan.pdf"]
    assert news_link(home, id, one).status == 200
    assert news_link(pupil.id, id, one).status == 404
    assert news_link(home, id, two).status == 404
    assert edit(mentor, id, 2).body["attachments"][0]["id"] == one  # left out: as they were
    changed = edit(head, id, 3, attachments=[one])
    assert (changed.status, [a["id"] for a in changed.body["attachments"]]) == (200, [one])
    assert refusal(edit(head, id, 4, attachments=[two])) == (422, "unknown-attachment")
    assert edit(mentor, id, 4, attachments=[two]).status == 200
    assert news_link(home, id, one).status == 404
    assert news_link(home, id, two).status == 200
    receipts = call("messages", "read_news_receipts", mentor, path={"news": id}).body
    assert [[a["id"] for a in was["attachments"]] for was in receipts["history"]] == [[one]] * 3
    assert edit(mentor, id, 5, attachments=[one]).status == 200
    assert news_link(home, id, one).status == 200
    with acting_as("messages"):
        rows = whole_post(find_post(id))  # type: ignore[arg-type]
    assert {row.id for row in rows if isinstance(row, store.NewsFileItem)} == {one, two}
    gone = call("messages", "withdraw_news", mentor, path={"news": id}, headers=over(6))
    assert gone.status == 204
    for person in (home, mentor, head):
        assert news_link(person, id, one).status == 404


def test_scheduled_news_keeps_its_files_to_itself(world: World, home: PersonId, mentor: PersonId) -> None:
    file = attachment(mentor)
    soon = (clock.now() + timedelta(hours=2)).isoformat()
    made = post(mentor, audience("group", world.klass.id), attachments=[file], publishAt=soon)
    assert made.status == 201, made.body
    assert news_link(home, made.body["id"], file).status == 404
    assert news_link(mentor, made.body["id"], file).status == 200


def test_an_unused_file_ends_with_its_week(home: PersonId, world: World) -> None:
    file, used = attachment(home), attachment(home)
    _, message = conversation(home, world.classmates()[0].id, attachments=[used])
    with acting_as("messages"):
        rows = {id: store.AttachmentItem.find(f"FILE#{id}", "FILE") for id in (file, used)}
        week = (clock.now() + timedelta(days=7)).timestamp()
        assert rows[file] is not None
        assert 0 <= week - (rows[file].expires or 0) < 60  # type: ignore[union-attr]
        assert rows[used].expires is None  # type: ignore[union-attr]
        assert rows[used].kind_name() == "talk_file"  # type: ignore[union-attr]
        rows[file].expires = 1  # type: ignore[union-attr]
        commit(rows[file])  # type: ignore[arg-type]
    assert call("messages", "read_attachment", home, path={"attachment": file}).status == 404
    late = write("start_conversation", home, path={"pupil": world.classmates()[0].id}, title="x",
                 attachments=[file])  # fmt: skip
    assert refusal(late) == (422, "unknown-attachment")
    removed(file, used)  # one is still there
    assert stored() == {f"released/messages/{id}" for id in (file, used)}
    with acting_as("messages"):
        rows[file].delete()  # type: ignore[union-attr]
    for _ in range(2):
        removed(file)
        assert stored() == {f"released/messages/{used}"}
    assert message


def test_what_a_file_costs(world: World, home: PersonId, mentor: PersonId) -> None:
    pupil = world.classmates()[0]
    with metered() as sending:
        file = sent(home)
    with metered() as scanning:
        scan(file, times=1)
    talk, _ = conversation(home, pupil.id)
    four = [file, *(attachment(home, name=f"{n}.pdf") for n in range(3))]
    with metered() as writing:
        written = write("write_message", home, path={"conversation": talk}, attachments=four)
    with metered() as fetching:
        assert link(mentor, talk, written.body["message"], file).status == 200
    assert (sending.trips, scanning.trips) == (2, 2), (sending, scanning)
    assert writing.trips <= 7, writing.operations
    assert fetching.trips <= 6, fetching.operations
    assert (sending.writes <= 10, scanning.writes <= 6, writing.writes <= 70) == (True, True, True)


def test_an_extract_tells_which_files_somebody_has_sent(
    world: World, home: PersonId, mentor: PersonId
) -> None:
    mine = attachment(home, name=NAME)
    talk, _ = conversation(home, world.classmates()[0].id, attachments=[mine])
    theirs = attachment(mentor, name="Svar.pdf")
    assert write("write_message", mentor, path={"conversation": talk}, attachments=[theirs]).status == 201
    plan, old = attachment(mentor, name="Plan.pdf"), attachment(mentor, name="Gammal.pdf")
    id = published(mentor, audience("group", world.klass.id), attachments=[old])
    assert edit(mentor, id, 2, attachments=[plan]).status == 200

    def told(person: PersonId) -> list[str]:
        with acting_as("messages"):
            parts = gather(Requested(request=new_id(), person=person, contacts=True))
        (section,) = (one for one in parts if one.title.sv == "Skickade filer")
        return sorted(str(row[1]) for row in section.rows)

    assert told(home) == [NAME]
    assert told(mentor) == ["Gammal.pdf", "Plan.pdf", "Svar.pdf"]
    with acting_as("messages"):
        rows = whole_talk(find_talk(talk))  # type: ignore[arg-type]
    assert {row.id for row in rows if isinstance(row, store.TalkFileItem)} == {mine, theirs}
