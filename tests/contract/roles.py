"""Who there is around one pupil, their class and school, in the rows of `allowed.py`."""

from __future__ import annotations

# Nobody of these is a person; the last is signed in without being tied to one.
UNVERIFIED = ("anonymous", "integration", "nobody", "telephony")

PEOPLE = (
    "guardian", "second guardian", "classmate's guardian", "far guardian", "pupil", "classmate", "far pupil",
    "teacher", "other teacher", "far teacher", "mentor", "other mentor", "principal", "far principal",
    "unit administrator", "far administrator", "administrator", "attendance officer", "activity officer",
    "stranger", "unregistered",
)  # fmt: skip
GUARDIANS = {"guardian", "second guardian"}
ADMINISTRATORS = {"unit administrator", "administrator"}
OFFICE = {"principal", *ADMINISTRATORS}
CLASS_STAFF = {"teacher", "mentor", *OFFICE}
ANYONE = set(PEOPLE)
OPEN = {*UNVERIFIED, *PEOPLE}
