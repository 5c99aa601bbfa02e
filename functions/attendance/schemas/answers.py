"""The link in "still ill?": short names, since they are in text messages."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from skolkit.http import Shape
from skolkit.links import PATTERN

Token = Annotated[str, Field(pattern=PATTERN)]


class AnswerQuery(Shape):
    """The link's secret and the language of the page."""

    t: Token
    language: Annotated[Literal["sv", "en"], Field(alias="l")] = "sv"


class AnswerForm(AnswerQuery):
    """The answer: ill today too, or back at school."""

    answer: Literal["ill", "back"]
