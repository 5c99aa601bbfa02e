"""A document as an archive takes it: rows as CSV, what they are as XML, all of it readable as PDF/A-3a, and a
manifest with the SHA-256 of each file. In a bucket under Object Lock, so that nobody can change it.
"""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from skolkit.aws import client
from skolkit.config import bucket
from skolkit.extracts import Section
from skolkit.retention.rules import Line
from skolkit.table import Item

TEMPLATE = Path(__file__).with_name("package.typ")
MANIFEST = "manifest.json"
_TYPES = {"csv": "text/csv; charset=utf-8", "xml": "application/xml", "pdf": "application/pdf"}


class PackageNotStored(RuntimeError):
    """What lies in the archive is not what was packed: nothing is deleted."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a package comes from: the run, its day and the plan it followed."""

    area: str
    run: str
    day: str
    plan: str


def digest(content: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def plain(row: Item) -> dict[str, Any]:
    """A row as it lies in the table, without DynamoDB's notation for what is text or number."""
    return {name: _plain(value) for name, value in sorted(row.serialize().items())}


def row_digest(row: Item) -> str:
    """What tells one row, with its contents, from every other. The ids in it make guessing hopeless."""
    return digest(json.dumps(plain(row), ensure_ascii=False, sort_keys=True).encode())


def pack(origin: Origin, line: Line, rows: Sequence[Item], shown: Sequence[Section]) -> dict[str, bytes]:
    """The files of a package by name, the manifest last."""
    from skolkit import pdf  # the layer `documents`, which only areas that archive carry

    kinds = sorted({row.kind_name() for row in rows})
    files = {f"{kind}.csv": _csv(row for row in rows if row.kind_name() == kind) for kind in kinds}
    files["metadata.xml"] = _metadata(origin, line, rows, list(files))
    told = {
        "document": line.document, "area": origin.area, "day": origin.day, "plan": origin.plan,
        "basis": line.basis, "package": package_id(rows),
        "sections": [section.model_dump(mode="json") for section in shown],
    }  # fmt: skip
    files["readable.pdf"] = pdf.pdf(TEMPLATE, told)
    listed = [{"file": name, "bytes": len(body), "sha256": digest(body)} for name, body in files.items()]
    manifest = {
        "package": package_id(rows), "area": origin.area, "document": line.document, "plan": origin.plan,
        "run": origin.run, "day": origin.day, "rows": sorted(map(row_digest, rows)), "files": listed,
    }  # fmt: skip
    return files | {MANIFEST: json.dumps(manifest, indent=1).encode()}


def package_id(rows: Sequence[Item]) -> str:
    """The same for the same rows with the same contents."""
    return digest("".join(sorted(map(row_digest, rows))).encode())[:32]


def store(origin: Origin, line: Line, rows: Sequence[Item], shown: Sequence[Section]) -> tuple[str, str]:
    """Keep a package and read it back; the key of its manifest and its SHA-256. Rows that have been packed
    before, by a worker that died, are taken as they lie; what does not lie there whole is packed again, over
    it. Raises `PackageNotStored`.

    Round trips to S3: one to look, then two per file.
    """
    home = f"packages/{origin.area}/{line.document}/{package_id(rows)}"
    key = f"{home}/{MANIFEST}"
    with suppress(PackageNotStored):
        return key, verify(home, rows)
    for name, body in pack(origin, line, rows, shown).items():
        put(f"{home}/{name}", body)
    return key, verify(home, rows)


def verify(home: str, rows: Sequence[Item]) -> str:
    """Read every file of a package and compare; the SHA-256 of its manifest. Raises `PackageNotStored`."""
    content = _found(f"{home}/{MANIFEST}")
    if content is None:
        raise PackageNotStored("the manifest is not there")
    manifest = json.loads(content)
    for file in manifest["files"]:
        body = _found(f"{home}/{file['file']}")
        if body is None or digest(body) != file["sha256"]:
            raise PackageNotStored(file["file"])
    if manifest["rows"] != sorted(map(row_digest, rows)):
        raise PackageNotStored("other rows")
    return digest(content)


def put(key: str, body: bytes) -> str:
    """Keep a file in the archive; its SHA-256, which S3 has checked."""
    checked = digest(body)
    client("s3").put_object(
        Bucket=bucket("archive"), Key=key, Body=body, ContentType=_TYPES.get(key[-3:], "application/json"),
        ChecksumSHA256=base64.b64encode(bytes.fromhex(checked)).decode(),
    )  # fmt: skip
    return checked


def _found(key: str) -> bytes | None:
    from botocore.exceptions import ClientError

    try:
        body: bytes = client("s3").get_object(Bucket=bucket("archive"), Key=key)["Body"].read()
    except ClientError as error:
        # Without the right to list a bucket, S3 answers 403 for what is not there.
        if error.response["ResponseMetadata"]["HTTPStatusCode"] in (403, 404):
            return None
        raise
    return body


def _plain(value: Mapping[str, Any]) -> Any:
    ((kind, content),) = value.items()
    match kind:
        case "L":
            return [_plain(one) for one in content]
        case "M":
            return {name: _plain(one) for name, one in content.items()}
        case "B":
            return content if isinstance(content, str) else base64.b64encode(content).decode()
        case "NULL":
            return None
    return content


def _csv(rows: Iterable[Item]) -> bytes:
    found = [plain(row) for row in rows]
    columns = sorted({name for row in found for name in row})
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\r\n")  # RFC 4180
    writer.writerow(columns)
    writer.writerows([_cell(row.get(name)) for name in columns] for row in found)
    return file.getvalue().encode()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _metadata(origin: Origin, line: Line, rows: Sequence[Item], files: Iterable[str]) -> bytes:
    root = ET.Element("package", id=package_id(rows))
    for name, value in (
        ("area", origin.area), ("documentType", line.document), ("retentionPlan", origin.plan),
        ("legalBasis", line.basis), ("countedFrom", line.event), ("months", str(line.months)),
        ("run", origin.run), ("day", origin.day),
    ):  # fmt: skip
        ET.SubElement(root, name).text = value
    listed = ET.SubElement(root, "files")
    for file in files:
        kind = file.removesuffix(".csv")
        count = sum(row.kind_name() == kind for row in rows)
        ET.SubElement(listed, "file", name=file, kind=kind, rows=str(count))
    ET.indent(root)
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written
