"""What the register keeps about people."""

from __future__ import annotations

from skolkit.kept import Kept

KEPT = {
    "person": Kept("register.person", ("pk", "merged_into")),
    "number": Kept("register.person", ("pk",)),
    "civic": Kept("register.person", ("person",)),
    "identifier": Kept("register.person", ("sk",)),
    "birth": Kept("register.person", ("sk",)),
    "merge": Kept("register.merge", ("kept", "merged", "rows", "undone")),
    "merged": Kept("register.merge", ("pk", "sk")),
    "enrolment": Kept("register.enrolment", ("pk",)),
    "unit_pupil": Kept("register.enrolment", ("person",)),
    "leaving": Kept("register.leaving", ("pk",)),
    "transfer": Kept("register.leaving", ("pk",)),
    "leaving_notice": Kept("register.leaving", ("pk",)),
    "waiting": Kept("register.leaving", ("person",)),
    "handover_job": Kept("technical.job"),
    "contact": Kept("register.contact", ("pk",), tied="pk"),
    "glass": Kept("register.glass", ("pk", "sk")),
    "guardian": Kept("register.custody", ("pk", "sk"), follows="kin"),
    "child": Kept("register.custody", ("pk", "sk"), follows="kin"),
    "kin": Kept("register.custody", ("pk", "rows"), dated="until"),
    # Made of the person, and taken away by the stream when the person's profile is: not by whoever erases.
    "search_word": Kept("register.search", ("sk",)),
    "found_by": Kept("register.search", ("pk", "words")),
    "search_job": Kept("technical.job"),
    "register_import": Kept("technical.import"),
    "parked": Kept("register.parked"),
    "watch_case": Kept("register.watch", ("person", "handler"), dated="closed"),
    "watch_event": Kept("register.watch", ("by",), follows="watch_case"),
    "open_case": Kept("register.watch", ("pk", "person"), follows="watch_case"),
    "watched": Kept("register.watch", ("pk",), follows="watch_case"),
    # Whatever its end, it decides how long its person is watched.
    "watch_exception": Kept("register.watch", ("pk",), tied="pk"),
    "watch_job": Kept("technical.job"),
    "register_table_upload": Kept("technical.table", ("by",)),
    "register_table_mapping": Kept("technical.mapping", ("pk",)),
    "register_table_job": Kept("technical.job", ("asked_by",)),
    "register_table_before": Kept("technical.table", ("about", "packed")),
    "register_table_open": Kept("technical.table"),
    "register_retention": Kept("technical.job"),
    "register_erasure": Kept("technical.job"),
}
