"""Choice rounds, wishes and results over HTTP."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import AwareDatetime, Field

from functions.organisation.domain.allocation import Reason
from functions.organisation.domain.electives import OWN_VOICE, Kind
from functions.organisation.schemas.common import Id
from functions.organisation.schemas.timplan import Year
from skolkit.http import Shape

Key = Annotated[str, Field(pattern=r"^[a-z0-9-]{1,40}$")]
Name = Annotated[str, Field(min_length=1, max_length=100)]


class OptionRow(Shape):
    """Something to choose. Of options with the same `block` a pupil gets one. `id` is the round's own
    word.
    """

    id: Key
    name: Name
    capacity: Annotated[int, Field(ge=1, le=1000)]
    min_size: Annotated[int, Field(ge=0, le=1000)] = 0
    block: Key | None = None
    syllabus: Id | None = None


class NewRound(Shape):
    """A choice round: who chooses (empty `years`, `groups`: all of the unit), what, when, and for what time.

    `ranked`: how many wishes; `grants`: how many of them a pupil gets; `pupilFrom`: the age from which the
    pupil may choose beside the guardians.
    """

    school_year: Year
    choice: Kind
    title: Name
    options: Annotated[list[OptionRow], Field(min_length=1, max_length=60)]
    ranked: Annotated[int, Field(ge=1, le=20)] = 3
    grants: Annotated[int, Field(ge=1, le=10)] = 1
    years: Annotated[list[Annotated[int, Field(ge=0, le=13)]], Field(max_length=14)] = Field(
        default_factory=list
    )
    groups: Annotated[list[Id], Field(max_length=100)] = Field(default_factory=list)
    pupil_from: Annotated[int, Field(ge=6, le=20)] = OWN_VOICE
    opens: AwareDatetime
    closes: AwareDatetime
    start_date: date
    end_date: date


class RoundView(NewRound):
    """A choice round. `seed` of the lottery is told when the round has closed."""

    id: Id
    unit: Id
    previewed: bool
    decided: bool
    decided_at: AwareDatetime | None
    seed: int | None
    version: int


class RoundPage(Shape):
    """A unit's rounds, the newest first; `cursor` leads to the next page."""

    data: list[RoundView]
    cursor: str | None


class NewWishes(Shape):
    """Options, the dearest first; none takes the wishes back."""

    options: Annotated[list[Key], Field(max_length=20)]


class WishView(NewWishes):
    """What someone wished, and when."""

    by: Id
    at: AwareDatetime


class OutcomeView(Shape):
    """Why a wish was met or not."""

    option: Key
    reason: Reason


class ResultView(Shape):
    """What came of a pupil's wishes, in their order. `lot` 1 was drawn first, 0: nothing was wished for."""

    pupil: Id
    granted: list[Key]
    outcome: list[OutcomeView]
    lot: int


class WishesView(Shape):
    """A pupil's wishes: the first counts, the others are what others wished before. `result` once decided."""

    round: Id
    pupil: Id
    wishes: list[WishView]
    result: ResultView | None
    version: int


class ResultPage(Shape):
    """A round's results by pupil; `cursor` leads to the next page."""

    data: list[ResultView]
    cursor: str | None
