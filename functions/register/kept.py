"""What the register keeps about people."""

from __future__ import annotations

from skolkit.kept import Kept

KEPT = {
    "person": Kept("register.person", ("pk",)),
    "civic": Kept("register.person", ("person",)),
    "enrolment": Kept("register.enrolment", ("pk",)),
    "contact": Kept("register.contact", ("pk",)),
    "guardian": Kept("register.custody", ("pk", "sk")),
    "child": Kept("register.custody", ("pk", "sk")),
    "register_import": Kept("technical.import"),
}
