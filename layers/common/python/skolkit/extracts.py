"""An area's part of a register extract (registerutdrag, GDPR art. 15): what it keeps about one person, as
tables that can be read.

Access publishes `access.ExtractRequested.v1`; every area that keeps something about people hears it, writes
its part to `parts/<area>/<request>.json` in the extracts bucket, and answers `<area>.ExtractAnswered.v1`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence

from pydantic import BaseModel, ConfigDict

from skolkit.aws import client
from skolkit.config import bucket, settings
from skolkit.events import Envelope, Fact
from skolkit.http import Shape
from skolkit.table import Once, commit
from skolkit.types import PersonId

Value = str | int | bool | None


class Requested(BaseModel):
    """Of `access.ExtractRequested.v1`: whose data. `contacts` is false when whoever asks may not see how the
    person is reached: a child's address may be the other guardian's (GDPR art. 15.4). `kept`: the record
    that is asked for, when `person` is a closed one that proved to be the same person.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)
    request: str
    person: PersonId
    contacts: bool
    kept: PersonId | None = None


class Answered(Fact):
    """Base of `<area>.ExtractAnswered.v1`: the area's part of an extract has been written."""

    request: str


class Words(Shape):
    """A heading in both languages; `name` is the machine's."""

    name: str
    sv: str
    en: str


class Section(Shape):
    """One table of an extract: `document` is the type in the retention plan, `rows` follow `columns`."""

    document: str
    title: Words
    columns: list[Words]
    rows: list[list[Value]]


class Part(Shape):
    """What one area keeps about the person."""

    area: str
    sections: list[Section]


def section(
    document: str, sv: str, en: str, columns: Mapping[str, tuple[str, str]], rows: Iterable[Sequence[Value]]
) -> Section:
    """A table; `columns` are the machine's names with the Swedish and English headings."""
    headings = [Words(name=name, sv=texts[0], en=texts[1]) for name, texts in columns.items()]
    return Section(
        document=document,
        title=Words(name=document, sv=sv, en=en),
        columns=headings,
        rows=[list(row) for row in rows],
    )


def part_key(area: str, request: str) -> str:
    """Where an area's part lies in the extracts bucket."""
    return f"parts/{area}/{request}.json"


def answer(
    envelope: Envelope,
    gather: Callable[[Requested], list[Section]],
    answered: type[Answered],
    records: Callable[[PersonId], Sequence[PersonId]] = lambda person: (person,),
) -> None:
    """Write the area's part and say so; once per fact received, though the part may be written again.
    `records` are all that a person has: two may have proved to be one.
    """
    asked = Requested.model_validate(envelope.data)
    one, *closed = records(asked.person)
    sections = gather(asked.model_copy(update={"person": one}))
    for person in closed:
        sections = _joined(sections, gather(asked.model_copy(update={"person": person, "kept": one})))
    part = Part(area=settings().area, sections=[s for s in sections if s.rows])
    content = json.dumps(part.model_dump(mode="json", by_alias=True), ensure_ascii=False).encode()
    client("s3").put_object(
        Bucket=bucket("extracts"), Key=part_key(part.area, asked.request), Body=content,
        ContentType="application/json",
    )  # fmt: skip
    commit(facts=[answered(request=asked.request)], once=Once(f"EXTRACT#{envelope.id}"))


def _joined(sections: list[Section], more: list[Section]) -> list[Section]:
    """The same tables with the rows of both; what only the second has comes last."""
    rows = {(s.document, s.title.sv): s.rows for s in more}
    known = [s.model_copy(update={"rows": s.rows + rows.pop((s.document, s.title.sv), [])}) for s in sections]
    return known + [s for s in more if (s.document, s.title.sv) in rows]
