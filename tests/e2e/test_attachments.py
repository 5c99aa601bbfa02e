"""A file is sent by its form, scanned, attached and fetched by its link with the roles of the functions,
and forgotten when its row goes; what is in quarantine is nobody's.
"""

from __future__ import annotations

from typing import Any

import httpx

from skolkit.types import new_id
from tests.e2e.conftest import Behind
from tests.support.areas import Answer
from tests.support.attached import EICAR, PDF, TEXT, pdf
from tests.support.deployed import eventually


def test_a_file_goes_through_with_the_roles_as_they_are(guarded: Behind) -> None:
    pupil = guarded.world.classmates()[0]
    home, mentor = pupil.guardians[0].guardian_id, guarded.world.klass.mentor_ids[0]
    verify = str(guarded.cloud.certificate) if guarded.cloud.certificate else True
    s3 = guarded.cloud.client("s3")
    (bucket,) = (b["Name"] for b in s3.list_buckets()["Buckets"] if "-files-" in b["Name"])

    def ask(name: str, body: Any, **path: str) -> Answer:
        headers = {"idempotency-key": new_id()}
        return guarded.call("messages", name, home, path=path, body=body, headers=headers)

    def send(content: bytes, name: str, type: str) -> str:
        form = ask("send_attachment", {"name": name, "type": type, "size": len(content)}).body
        sent = httpx.post(form["url"], data=form["fields"], files={"file": ("x", content)}, verify=verify)
        assert sent.status_code == 204, sent.text
        return str(form["id"])

    def judged(file: str) -> str:
        def state() -> str:
            seen = guarded.call("messages", "read_attachment", home, path={"attachment": file})
            return str(seen.body["state"]) if seen.body["state"] != "waiting" else ""

        return eventually(state)

    def lying() -> set[str]:
        return {entry["Key"] for entry in s3.list_objects_v2(Bucket=bucket).get("Contents", [])}

    for one in guarded.world.klass.mentor_ids:  # as the guardians of `test_least_privilege.py`
        chosen = guarded.call(
            "messages", "choose_preferences", one, body={"channel": "sms"}, headers={"if-match": '"0"'}
        )
        assert chosen.status == 200, chosen.body
    file = send(pdf(), "Intyg.pdf", PDF)
    assert judged(file) == "clean"
    bad = send(EICAR, "Brev.txt", TEXT)
    assert judged(bad) == "refused"
    released = f"released/messages/{file}"
    eventually(lambda: lying() == {released})
    body = {"title": "Sjuk", "text": "Intyg", "attachments": [file]}
    started = ask("start_conversation", body, pupil=pupil.id)
    assert started.status == 201, started.body
    path = {
        "conversation": started.body["conversation"], "message": started.body["message"], "attachment": file
    }  # fmt: skip
    link = guarded.call("messages", "link_message_attachment", mentor, path=path)
    assert link.status == 200, link.body
    fetched = httpx.get(link.body["url"], verify=verify)
    assert (fetched.status_code, fetched.content) == (200, pdf()), fetched.text[:300]

    s3.put_object(Bucket=bucket, Key=f"quarantine/other/{bad}", Body=b"Hej")  # no area's: nobody scans it
    base = link.body["url"].partition("?")[0]
    for key in (f"quarantine/other/{bad}", released):
        got = httpx.get(base.replace(released, key), verify=verify)
        assert got.status_code == 403, key
    stolen = link.body["url"].replace(released, f"quarantine/other/{bad}")
    assert httpx.get(stolen, verify=verify).status_code == 403
    s3.delete_object(Bucket=bucket, Key=f"quarantine/other/{bad}")

    row = {"pk": {"S": f"FILE#{file}"}, "sk": {"S": "FILE"}}
    guarded.cloud.client("dynamodb").delete_item(TableName="skolkit-messages", Key=row)
    eventually(lambda: lying() == set())
