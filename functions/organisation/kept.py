"""What the organisation keeps about people."""

from __future__ import annotations

from skolkit.kept import Kept

KEPT = {
    "unit": Kept("organisation.unit"),
    "calendar": Kept("organisation.unit"),
    "group": Kept("organisation.group", ("stays", "mentors", "teachers")),
    "parts": Kept("organisation.group", ("pk",)),
    "duty": Kept("organisation.duty", ("pk",)),
    "organisation_import": Kept("technical.import"),
}
