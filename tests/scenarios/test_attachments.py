"""Files with messages and news over HTTP (process 28): the form is sent to S3 as a browser sends it, the file
scanned by itself, attached, fetched by who may, and refused when it attacks.
"""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from skolkit.types import PersonId, new_id
from tests.support.areas import Answer
from tests.support.attached import DOCX, EICAR, PDF, TEXT, office, pdf
from tests.support.deployed import Deployed, eventually
from tests.support.letters import TEXTS, audience
from tests.support.scenes import little_school, refused

PROCESSES = (28,)


@pytest.fixture
def own(school: Deployed) -> Deployed:
    return little_school(school, "99990141")


def ask(own: Deployed, name: str, by: PersonId, body: Any, **path: str) -> Answer:
    headers = {"idempotency-key": new_id()}
    return own.call("messages", name, by, path=path, body=body, headers=headers)


def send(own: Deployed, by: PersonId, content: bytes, name: str, type: str) -> str:
    """Send a file by the form; its id."""
    made = ask(own, "send_attachment", by, {"name": name, "type": type, "size": len(content)})
    assert made.status == 201, made.body
    form = made.body
    sent = httpx.post(form["url"], data=form["fields"], files={"file": ("x", content)})
    assert sent.status_code in {200, 201, 204}, sent.text
    return str(form["id"])


def judged(own: Deployed, by: PersonId, file: str) -> tuple[str, str | None]:
    """What the scanner said of a file."""

    def seen() -> dict[str, Any]:
        body: dict[str, Any] = own.call("messages", "read_attachment", by, path={"attachment": file}).body
        return body if body["state"] != "waiting" else {}

    body = eventually(seen)
    return body["state"], body["reason"]


def kept(own: Deployed, file: str) -> set[str]:
    """The folders in which a file lies."""
    s3 = own.cloud.client("s3")
    (bucket,) = (b["Name"] for b in s3.list_buckets()["Buckets"] if "-files-" in b["Name"])
    keys = [entry["Key"] for entry in s3.list_objects_v2(Bucket=bucket).get("Contents", [])]
    return {key.partition("/")[0] for key in keys if key.endswith(file)}


def test_a_guardian_sends_a_certificate_and_the_mentor_fetches_it(own: Deployed) -> None:
    pupil, mentor = own.world.classmates()[0], own.world.klass.mentor_ids[0]
    home, other = (g.guardian_id for g in pupil.guardians)
    file = send(own, home, pdf(), "Läkarintyg å.pdf", PDF)
    assert judged(own, home, file) == ("clean", None)
    assert kept(own, file) == {"released"}
    body = {"title": "Sjuk", "text": "Här är intyget.", "attachments": [file]}
    started = ask(own, "start_conversation", home, body, pupil=pupil.id)
    assert started.status == 201, started.body
    talk = {"conversation": started.body["conversation"]}
    read = own.call("messages", "read_conversation", mentor, path=talk)
    (shown,) = read.body["data"][0]["attachments"]
    assert (shown["id"], shown["name"], shown["size"]) == (file, "Läkarintyg å.pdf", len(pdf()))
    path = talk | {"message": started.body["message"], "attachment": file}
    link = own.call("messages", "link_message_attachment", mentor, path=path)
    assert link.status == 200, link.body
    assert "intyg" not in link.body["url"].lower()
    fetched = httpx.get(link.body["url"])
    assert (fetched.status_code, fetched.content) == (200, pdf())
    assert fetched.headers["content-disposition"].startswith("attachment;")
    assert fetched.headers["content-disposition"].endswith("''L%C3%A4karintyg%20%C3%A5.pdf")
    for stranger in (other, pupil.id, own.world.staff("principal")):
        refused(own.call("messages", "link_message_attachment", stranger, path=path), 404, "not-found")
        refused(
            own.call("messages", "read_attachment", stranger, path={"attachment": file}), 404, "not-found"
        )
    again = ask(own, "write_message", home, {"text": "Igen", "attachments": [file]}, **talk)
    refused(again, 409, "attachment-used", "attachments.0")


def test_an_attack_is_refused_and_its_sender_told(own: Deployed) -> None:
    pupil = own.world.classmates()[0]
    home = pupil.guardians[0].guardian_id
    attacks = (
        (b"Hej!\n" + EICAR, "Brev.txt", TEXT, "malware"),
        (office(DOCX, word__media__bild_png=EICAR), "Brev.docx", DOCX, "malware"),
        (pdf(b"<</S/JavaScript/JS(app.alert(1))>>"), "Brev.pdf", PDF, "activeContent"),
        (b"Hej", "Brev.pdf", PDF, "typeMismatch"),
    )
    for content, name, type, why in attacks:
        file = send(own, home, content, name, type)
        assert judged(own, home, file) == ("refused", why)
        assert eventually(lambda file=file: not kept(own, file))  # type: ignore[misc]
        body = {"title": "Brev", "text": "Hej", "attachments": [file]}
        started = ask(own, "start_conversation", home, body, pupil=pupil.id)
        refused(started, 409, "attachment-refused", "attachments.0")


def test_news_with_a_plan_until_it_is_withdrawn(own: Deployed) -> None:
    mentor, home = own.world.klass.mentor_ids[0], own.world.classmates()[0].guardians[0].guardian_id
    plan = office(DOCX)
    file = send(own, mentor, plan, "Utflykt.docx", DOCX)
    assert judged(own, mentor, file) == ("clean", None)
    body = {
        "audiences": [audience("group", own.world.klass.id)], "texts": TEXTS, "attachments": [file]
    }  # fmt: skip
    made = ask(own, "post_news", mentor, body)
    assert made.status == 201, made.body
    path = {"news": made.body["id"], "attachment": file}

    def link() -> Answer:
        return own.call("messages", "link_news_attachment", home, path=path)

    link_ = eventually(lambda: found if (found := link()).status == 200 else None)
    assert link_ is not None
    assert httpx.get(link_.body["url"]).content == plan
    seen = own.call("messages", "list_my_news", mentor).body["data"][0]
    withdrawn = own.call(
        "messages", "withdraw_news", mentor, path={"news": made.body["id"]},
        headers={"if-match": f'"{seen["version"]}"'},
    )  # fmt: skip
    assert withdrawn.status == 204
    refused(link(), 404, "not-found")


def test_a_row_that_goes_takes_its_file_along(own: Deployed) -> None:
    """As the night's run or the database's own expiry does; the table's stream tells."""
    home = own.world.classmates()[1].guardians[0].guardian_id
    file = send(own, home, pdf(), "Intyg.pdf", PDF)
    assert judged(own, home, file) == ("clean", None)
    key = {"pk": {"S": f"FILE#{file}"}, "sk": {"S": "FILE"}}
    own.cloud.client("dynamodb").delete_item(TableName="skolkit-messages", Key=key)
    assert eventually(lambda: not kept(own, file))
