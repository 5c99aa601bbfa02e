"""The facts of a retention run, as far as the areas share them."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from skolkit.events import Fact
from skolkit.jobs import Asked


class Turn(Asked):
    """Base of `<area>.RetentionContinued.v1`: the area's worker goes on."""


class Count(BaseModel):
    """Rows of one document type: `due` of them were over, `done` have been erased, `held` stayed for a legal
    hold, `changed` for the next night.
    """

    model_config = ConfigDict(frozen=True)
    document: str
    due: int = 0
    done: int = 0
    held: int = 0
    changed: int = 0


class Answered(Fact):
    """Base of `<area>.RetentionAnswered.v1`: the area has gone through its table. `holds`: rows by hold;
    `index` is the key of its list of proofs in the archive and `digest` the list's SHA-256, "" of a dry run.
    """

    run: str
    counts: tuple[Count, ...]
    holds: dict[str, int]
    index: str = ""
    digest: str = ""
