"""What a generated school unit consists of: the input of the importers, with ids that never change for a
seed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from skolkit.sweden.codes import MunicipalityCode, SchoolForm, SchoolUnitCode
from skolkit.sweden.identity_numbers import Personnummer, Samordningsnummer, Sex
from skolkit.types import GroupId, LessonId, PersonId

Protection = Literal["sekretessmarkering", "skyddad_folkbokforing"]
"""Protected identity in the population register: a warning flag, or registration in another place."""

Role = Literal["teacher", "principal", "administrator"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolUnit:
    """A unit to fill. `lat`/`lon` are WGS 84 degrees; `years` are the years taught (0 is förskoleklass).

    Without `years` a unit teaches all years of its school forms; the public tables do not say which ones it
    has.
    """

    code: SchoolUnitCode
    name: str
    municipality_code: MunicipalityCode
    school_forms: tuple[SchoolForm, ...]
    address: str
    lat: float | None
    lon: float | None
    pupil_count: int
    is_municipal: bool = True
    years: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Address:
    """A postal address; `postal_code` is written `123 45`."""

    street: str
    postal_code: str
    locality: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """What everybody has. `address` is None exactly under skyddad folkbokföring: the register does not hand
    it out.
    """

    id: PersonId
    given_name: str
    family_name: str
    civic_no: Personnummer | Samordningsnummer
    birth_date: date
    sex: Sex
    protection: Protection | None
    address: Address | None
    email: str
    phone: str
    channel: Literal["mail", "sms"]
    language: Literal["sv", "en"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Staff(Person):
    """Someone employed at the unit; the administrator of the municipality belongs to its first unit."""

    unit_code: SchoolUnitCode
    role: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class NewGuardian(Person):
    """A legal guardian (vårdnadshavare). A guardian's new partner is none and is not part of the
    population.
    """


@dataclass(frozen=True, slots=True)
class GuardianRelation:
    """A pupil's relation to a guardian; `relation` is SS 12000 `RelationTypesEnum`."""

    guardian_id: PersonId
    lives_with: bool
    relation: Literal["Vårdnadshavare"] = "Vårdnadshavare"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPupil(Person):
    """A pupil with an enrolment in one class; `year` 0 is förskoleklass."""

    unit_code: SchoolUnitCode
    school_form: SchoolForm
    year: int
    class_id: GroupId
    guardians: tuple[GuardianRelation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewGroup:
    """A class (which is also the mentor group) or a teaching group across the classes of a year."""

    id: GroupId
    unit_code: SchoolUnitCode
    name: str
    kind: Literal["class", "teaching"]
    years: tuple[int, ...]
    subject_code: str | None
    pupil_ids: tuple[PersonId, ...]
    mentor_ids: tuple[PersonId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekLesson:
    """A lesson of the week pattern. `weekday` 0–4 is Monday–Friday, `start` Swedish wall-clock `HH:MM`.

    Which dates it falls on is for the importer and the school calendar.
    """

    id: LessonId
    group_id: GroupId
    subject_code: str
    subject_name: str
    teacher_ids: tuple[PersonId, ...]
    weekday: int
    start: str
    minutes: int
    room: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitPopulation:
    """Everything of one unit. Ids inside refer to each other only inside the same unit."""

    unit: SchoolUnit
    staff: tuple[Staff, ...]
    groups: tuple[NewGroup, ...]
    pupils: tuple[NewPupil, ...]
    guardians: tuple[NewGuardian, ...]
    lessons: tuple[WeekLesson, ...]
