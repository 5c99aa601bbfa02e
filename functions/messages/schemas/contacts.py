"""Contact lists over HTTP."""

from __future__ import annotations

from skolkit.http import Shape


class Visibility(Shape):
    """What the other homes of a child's groups see of the caller."""

    name: bool = False
    phone: bool = False
    mail: bool = False


class VisibilityView(Visibility):
    """The choice as it is; version 0 is the default, nothing."""

    version: int


class AdultView(Shape):
    """What one adult of a home, or a pupil of age, shows."""

    name: str | None
    phone: str | None
    mail: str | None


class HomeView(Shape):
    """A child of the group and those of the home who show something."""

    given_name: str
    family_name: str
    adults: list[AdultView]


class ContactPage(Shape):
    """Homes of a group, in no order that says anything; a page may be short, or empty, the next goes on."""

    data: list[HomeView]
    cursor: str | None
