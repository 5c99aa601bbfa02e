"""Files as people send them, for tests: clean ones, and those that must not come through."""

from __future__ import annotations

import importlib
import io
import zipfile
from collections.abc import Mapping
from typing import Any

from functions.messages.domain.attachments import OFFICE, Attachment
from functions.messages.store import attachments as store
from skolkit import files
from skolkit.aws import client
from skolkit.types import PersonId, new_id
from tests.support.areas import FILES_BUCKET, Answer, acting_as, call, drop_file
from tests.support.asks import new_key

PDF, DOCX, TEXT = "application/pdf", f"{OFFICE}wordprocessingml.document", "text/plain"
XLSX, PPTX = f"{OFFICE}spreadsheetml.sheet", f"{OFFICE}presentationml.presentation"
# The test file of the anti-malware industry in two halves, so that no scanner takes this file for it.
EICAR = (r"X5O!P%@AP[4\PZX54(P^)7CC)7}$EIC" + "AR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*").encode()
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def pdf(*objects: bytes, catalog: bytes = b"") -> bytes:
    """A PDF of one empty page, with more in its catalog and more objects (from number 4)."""
    bodies = [
        b"<</Type/Catalog/Pages 2 0 R" + catalog + b">>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 100 100]>>",
        *objects,
    ]
    made, places = bytearray(b"%PDF-1.7\n"), []
    for number, body in enumerate(bodies, 1):
        places.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(made)
    made += b"xref\n0 %d\n0000000000 65535 f \n" % (len(bodies) + 1)
    made += b"".join(b"%010d 00000 n \n" % place for place in places)
    made += b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(bodies) + 1, start)
    return bytes(made)


def office(type: str = DOCX, /, **more: Any) -> bytes:
    """A small document of a type, with more relations and entries (`__` is `/`, and the last `_` a dot)."""
    relations = more.pop("relations", "")
    entries = {
        name.replace("__", "/")[::-1].replace("_", ".", 1)[::-1]: content for name, content in more.items()
    }
    return zipped({
        "[Content_Types].xml": f'<Types><Override PartName="/m.xml" ContentType="{type}.main+xml"/></Types>',
        "_rels/.rels": f"<Relationships>{relations}</Relationships>",
        "m.xml": "<document>Hej</document>",
        **entries,
    })  # fmt: skip


def relation(kind: str, target: str, mode: str = "External") -> str:
    return f'<Relationship Id="r" Type="{_RELATIONS}/{kind}" Target="{target}" TargetMode="{mode}"/>'


def zipped(entries: Mapping[str, bytes | str]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return made.getvalue()


def asked(by: PersonId, name: str, type: str = PDF, size: int = 10_000) -> Answer:
    """Ask for a form."""
    body = {"name": name, "type": type, "size": size}
    return call("messages", "send_attachment", by, body=body, headers=new_key())


def sent(by: PersonId, content: bytes | None = None, name: str = "Intyg.pdf", type: str = PDF) -> str:
    """A file that has been uploaded, but not scanned; its id."""
    content = pdf() if content is None else content
    made = asked(by, name, type, max(1, len(content)))
    assert made.status == 201, made.body
    client("s3").put_object(Bucket=FILES_BUCKET, Key=made.body["fields"]["key"], Body=content)
    return str(made.body["id"])


def scan(id: str, *, times: int = 2) -> None:
    """Tell the scanner that the file has come, as often as S3 may."""
    for _ in range(times):
        drop_file("messages", "scan_attachment", f"quarantine/messages/{id}", FILES_BUCKET)


def attachment(by: PersonId, content: bytes | None = None, name: str = "Intyg.pdf", type: str = PDF) -> str:
    """A file that has been uploaded and scanned; its id."""
    id = sent(by, content, name, type)
    scan(id)
    return id


def state(by: PersonId, id: str) -> dict[str, Any]:
    seen = call("messages", "read_attachment", by, path={"attachment": id})
    assert seen.status == 200, seen.body
    body: dict[str, Any] = seen.body
    return body


def stored() -> set[str]:
    """The keys of all files there are."""
    listed = client("s3").list_objects_v2(Bucket=FILES_BUCKET).get("Contents", [])
    return {entry["Key"] for entry in listed}


def held(id: str) -> bytes:
    """A released file."""
    key = f"{files.RELEASED}/messages/{id}"
    return bytes(client("s3").get_object(Bucket=FILES_BUCKET, Key=key)["Body"].read())


def removed(*ids: str) -> None:
    """Tell of rows that are gone, as the table's stream does."""
    records = [
        {
            "eventName": "REMOVE",
            "dynamodb": {
                "Keys": {"pk": {"S": f"FILE#{id}"}, "sk": {"S": "FILE"}}, "SequenceNumber": str(number)
            },
        }
        for number, id in enumerate(ids)
    ]  # fmt: skip
    app = importlib.import_module("functions.messages.app")
    with acting_as("messages"):
        assert app.forget_attachments({"Records": records}, None) == {"batchItemFailures": []}


def attached_to(by: PersonId, *places: str) -> tuple[list[store.AttachmentItem], list[store.Row]]:
    """The row of a file attached to each of some places, and what these say of it."""
    items, said = [], []
    for place in places:
        file = Attachment(new_id(), by, "Plan.pdf", PDF, 9, "clean")
        kind = store.NewsFileItem if place.startswith("NEWS") else store.TalkFileItem
        items.append(store.used_in(kind, store.new_attachment(file), place))
        said.append(store.row_of(file))
    return items, said
