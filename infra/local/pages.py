"""Checks signed pages of the catalogue of grades with the files and the municipality's certificate alone: the
signatures, the decisions attached for machines, and that page follows page."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
from rich.table import Table

from functions.grades.domain.pages import FORMAT, broken
from infra import layers
from infra.local.cloud import CloudError
from infra.local.steps import console

if TYPE_CHECKING:
    from functions.grades.signing.check import Checked

ATTACHED = "beslut.json"


def verify(files: Sequence[Path], certificates: str) -> bool:
    """Check the files against certificates (PEM) and print what was found; whether all is well."""
    found = [(file, *_looked_at(file.read_bytes(), certificates)) for file in files]
    for file, checked, _, faults in found:
        _show(file, checked, faults)
    known = [said for _, _, said, _ in found if said]
    across = [*broken(*known), *unlinked([(said, file.read_bytes()) for file, _, said, _ in found if said])]
    for fault in across:
        console.print(f"✗ {fault}", style="red", markup=False)
    well = not across and not any(faults for *_, faults in found)
    console.print("Allt stämmer." if well else "Något stämmer inte.", style="green" if well else "red")
    return well


def published(address: str) -> str:
    """The certificates (PEM) that a municipality's Skolkit publishes."""
    try:
        answer = httpx.get(f"{address.rstrip('/')}/grades/v1/certificates", timeout=60).raise_for_status()
    except httpx.HTTPError as error:
        raise CloudError(f"The certificates could not be fetched from {address}: {error}") from error
    return "".join(one["pem"] for one in answer.json()["certificates"] if one["kind"] == "root")


def _looked_at(pdf: bytes, pem: str) -> tuple[Checked, dict[str, Any], list[str]]:
    """What the signatures say, what is attached, and what is wrong with the file."""
    packages = str(layers.build_heavy(layers.LOCAL, "signing"))
    if packages not in sys.path:
        sys.path.append(packages)
    from functions.grades.signing.certificates import roots
    from functions.grades.signing.check import check

    try:
        trusted = roots(pem)
    except ValueError as error:
        raise CloudError(f"No certificate (PEM) could be read: {error}") from error
    checked = check(pdf, trusted)
    if checked.faults:  # what is attached may be anything
        return checked, {}, list(checked.faults)
    try:
        said: dict[str, Any] = json.loads(checked.attached[ATTACHED])
        told = [(one["person"], one["reason"]) for one in said["signers"]]
        if said["format"] != FORMAT:
            raise ValueError(said["format"])
    except (KeyError, TypeError, ValueError):
        return checked, {}, [f"{ATTACHED} saknas eller går inte att läsa"]
    signed = [(one.person, one.reason) for one in checked.signatures if one.person]
    differ = [] if signed == told else ["de som skrev under, eller vad, är andra än sidan säger"]
    return checked, said, differ


def unlinked(pages: Sequence[tuple[dict[str, Any], bytes]]) -> list[str]:
    """Pages of a series that do not name the file before them, where that file is given."""
    given = {(_series(said), said["page"]["number"]): file for said, file in pages}
    faults = []
    for (series, number), file in given.items():
        (said,) = (said for said, one in pages if one is file)
        before = given.get((series, number - 1))
        if before and hashlib.sha256(before).hexdigest() != said["page"]["previous"]:
            faults.append(f"sida {number} följer inte på sida {number - 1}")
    return faults


def _series(said: dict[str, Any]) -> tuple[str, ...]:
    return tuple(str(said["series"][name]) for name in ("period", "activity", "pupil"))


def _show(file: Path, checked: Checked, faults: Sequence[str]) -> None:
    table = Table(
        "Underskrift", "Vem", "När (egen uppgift)", "Oförändrat", "Kommunens", "Hela filen", title=file.name
    )
    for one in checked.signatures:
        who = f"{one.signer}, {one.organisation}"
        marks = ["ja" if well else "nej" for well in (one.intact, one.trusted, one.whole)]
        table.add_row(one.field, who, f"{one.at:%Y-%m-%d %H:%M:%S} UTC" if one.at else "", *marks)
    console.print(table)
    for fault in faults:
        console.print(f"✗ {fault}", style="red", markup=False)
