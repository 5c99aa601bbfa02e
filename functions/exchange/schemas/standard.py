"""What may be asked of SS 12000 (API 2.1.0), with the standard's names, and how it says no."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from chalice.app import Response
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    create_model,
)

from skolkit.errors import DomainError

MOST_IN_A_LOOKUP = 1_000
_RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)")


def _rfc3339(value: object) -> object:
    """A moment says its time zone (RFC 3339 §5.6)."""
    if isinstance(value, str) and not _RFC3339.fullmatch(value):
        raise ValueError("not a date-time of RFC 3339")
    return value


def _day(value: object) -> object:
    if isinstance(value, str) and not re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        raise ValueError("not a full-date of RFC 3339")
    return value


Day = Annotated[date, BeforeValidator(_day)]
Moment = Annotated[AwareDatetime, BeforeValidator(_rfc3339)]
Text = Annotated[str, Field(min_length=1, max_length=200)]
Ids = tuple[UUID, ...]
SchoolType = Literal[
    "FS", "FKLASS", "FTH", "OPPFTH", "GR", "GRS", "TR", "SP", "SAM", "GY", "GYS", "VUX", "VUXSFI", "VUXGR",
    "VUXGY", "VUXSARGR", "VUXSARTR", "VUXSARGY", "SFI", "SARVUX", "SARVUXGR", "SARVUXGY", "KU", "YH", "FHS",
    "STF", "KKU", "HS", "ABU", "AU",
]  # fmt: skip
GroupType = Literal[
    "Undervisning", "Klass", "Mentor", "Provgrupp", "Schema", "Avdelning", "Personalgrupp", "Övrigt"
]
OrganisationType = Literal[
    "Huvudman", "Verksamhetsområde", "Förvaltning", "Rektorsområde", "Skola", "Skolenhet", "Varumärke",
    "Bolag", "Övrigt",
]  # fmt: skip
DutyRole = Literal[
    "Rektor", "Lärare", "Förskollärare", "Barnskötare", "Bibliotekarie", "Lärarassistent", "Fritidspedagog",
    "Annan personal", "Studie- och yrkesvägledare", "Förstelärare", "Kurator", "Skolsköterska", "Skolläkare",
    "Skolpsykolog", "Speciallärare/specialpedagog", "Skoladministratör", "Övrig arbetsledning",
    "Övrig pedagogisk personal", "Förskolechef",
]  # fmt: skip
Relation = Literal[
    "enrolment", "duty", "placement.child", "placement.owner", "responsibleFor.enrolment",
    "responsibleFor.placement", "groupMembership",
]  # fmt: skip
AbsenceType = Literal["Beviljad ledighet", "Anmäld frånvaro"]
EntityType = Literal[
    "Absence", "AttendanceEvent", "Attendance", "Grade", "CalendarEvent", "AttendanceSchedule", "Resource",
    "Room", "Activity", "Duty", "Placement", "StudyPlan", "Programme", "Syllabus", "SchoolUnitOffering",
    "Group", "Person", "Organisation",
]  # fmt: skip


class Query(BaseModel):
    """Base of what is asked in a query: unknown parameters are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=False)


class Shown(Query):
    """How what is found is shown."""

    expand_reference_names: bool = Field(default=False, alias="expandReferenceNames")


class Paged(Query):
    """A page. A limit above what a page holds gives as many as it holds."""

    limit: int | None = Field(default=None, ge=1)
    page_token: str | None = Field(default=None, alias="pageToken", max_length=8_000)


class Listed(Shown, Paged):
    """What every list can be asked."""

    created_before: Moment | None = Field(default=None, alias="meta.created.before")
    created_after: Moment | None = Field(default=None, alias="meta.created.after")
    modified_before: Moment | None = Field(default=None, alias="meta.modified.before")
    modified_after: Moment | None = Field(default=None, alias="meta.modified.after")


_SPAN: dict[str, Any] = {
    f"{name}.{side}": Day for name in ("startDate", "endDate") for side in ("onOrBefore", "onOrAfter")
}
_TIMES: dict[str, Any] = {
    f"{name}.{side}": Moment for name in ("startTime", "endTime") for side in ("onOrBefore", "onOrAfter")
}


def _model(name: str, base: type[BaseModel], fields: dict[str, Any], required: tuple[str, ...] = ()) -> Any:
    """A model of parameters with the standard's names; several values of one are a tuple. What is required is
    so on a first page.
    """
    made: dict[str, Any] = {}
    for alias, kind in fields.items():
        many = getattr(kind, "__origin__", None) is tuple
        annotation: Any = kind if many else kind | None
        if alias in required:
            annotation = Annotated[annotation, AfterValidator(_unless_token)]
        default: Any = () if many else None
        field = Field(default=default, alias=alias, validate_default=alias in required)
        made[alias.replace(".", "_")] = (annotation, field)
    return create_model(name, __base__=base, __module__=__name__, **made)


def _unless_token(value: object, info: ValidationInfo) -> object:
    """A page token says what was required of its list."""
    if value is None and info.data.get("page_token") is None:
        raise ValueError("required")
    return value


def _several(*values: str) -> Any:
    return tuple[Literal[values], ...]  # type: ignore[valid-type]


_UP_AND_DOWN = {
    name: (f"{name}Asc", f"{name}Desc")
    for name in (
        "GivenName", "FamilyName", "CivicNo", "StartDate", "EndDate", "StartTime", "SubjectName",
        "SubjectCode", "CourseName", "CourseCode", "SubjectDesignation", "registeredDate",
    )
}  # fmt: skip


def _sorted(*keys: str) -> Any:
    found = [word for key in keys for word in _UP_AND_DOWN.get(key, (key,))]
    return Literal[("ModifiedDesc", *found)]


EXPANDED: dict[str, tuple[str, ...]] = {
    "persons": ("duties", "responsibleFor", "placements", "ownedPlacements", "groupMemberships"),
    "placements": ("child", "owners"),
    "duties": ("person",),
    "groups": ("assignmentRoles",),
    "activities": ("groups", "teachers", "syllabus"),
    "calendarEvents": ("activity", "attendance"),
    "attendanceEvents": ("person", "group", "registeredBy"),
    "aggregatedAttendance": ("activity", "student"),
}
"""What may be embedded in the answers of a resource."""

FILTERS: dict[str, dict[str, Any]] = {
    "organisations": {
        "parent": Ids, "schoolUnitCode": tuple[Text, ...], "organisationCode": tuple[Text, ...],
        "municipalityCode": Text, "type": tuple[OrganisationType, ...],
        "schoolTypes": tuple[SchoolType, ...], **_SPAN, "sortkey": _sorted("DisplayNameAsc"),
    },
    "persons": {
        "nameContains": tuple[Text, ...], "civicNo": Text, "eduPersonPrincipalName": Text,
        "identifier.value": Text, "identifier.context": Text, "relationship.entity.type": Relation,
        "relationship.organisation": UUID,
        **{f"relationship.{name}": kind for name, kind in _SPAN.items()},
        "sortkey": _sorted("DisplayNameAsc", "GivenName", "FamilyName", "CivicNo"),
    },
    "placements": {
        "organisation": UUID, "group": UUID, **_SPAN, "child": UUID, "owner": UUID,
        "sortkey": _sorted("StartDate", "EndDate"),
    },
    "duties": {
        "organisation": UUID, "dutyRole": DutyRole, "person": UUID, **_SPAN, "sortkey": _sorted("StartDate"),
    },
    "groups": {
        "groupType": tuple[GroupType, ...], "schoolTypes": tuple[SchoolType, ...], "organisation": Ids,
        **_SPAN, "sortkey": _sorted("DisplayNameAsc", "StartDate", "EndDate"),
    },
    "programmes": {
        "schoolType": tuple[SchoolType, ...], "code": Text, "parentProgramme": Text,
        "sortkey": _sorted("NameAsc", "CodeAsc"),
    },
    "studyplans": {"student": Ids, **_SPAN, "sortkey": _sorted("StartDate", "EndDate")},
    "syllabuses": {
        "sortkey": _sorted("SubjectName", "SubjectCode", "CourseName", "CourseCode", "SubjectDesignation"),
    },
    "schoolUnitOfferings": {"organisation": UUID, "sortkey": _sorted("StartDate", "EndDate")},
    "activities": {
        "member": UUID, "teacher": UUID, "organisation": UUID, "group": UUID, **_SPAN,
        "sortkey": _sorted("DisplayNameAsc"),
    },
    "calendarEvents": {
        **_TIMES, "activity": UUID, "student": UUID, "teacher": UUID, "organisation": UUID, "group": UUID,
        "sortkey": _sorted("StartTime"),
    },
    "attendances": {"student": UUID, "organisation": UUID, "calendarEvent": UUID},
    "attendanceEvents": {"group": Ids, "person": UUID},
    "attendanceSchedule": {"placement": UUID, "group": UUID, **_SPAN},
    "grades": {
        "organisation": UUID, "student": UUID, "registeredBy": UUID, "gradingTeacher": UUID,
        "registeredDate.onOrAfter": Day, "registeredDate.onOrBefore": Day,
        "sortkey": _sorted("registeredDate"),
    },
    "absences": {
        "organisation": UUID, "student": UUID, "registeredBy": UUID, "type": AbsenceType, **_TIMES,
        "sortkey": _sorted("StartTime"),
    },
    "aggregatedAttendance": {
        "startDate": Day, "endDate": Day, "organisation": Ids, "schoolType": tuple[SchoolType, ...],
        "student": Ids,
    },
    "resources": {"organisation": UUID, "sortkey": _sorted("DisplayNameAsc")},
    "rooms": {"organisation": UUID, "sortkey": _sorted("DisplayNameAsc")},
}  # fmt: skip
"""What each list can be asked beyond what all can."""

REQUIRED = {
    "calendarEvents": ("startTime.onOrAfter", "startTime.onOrBefore"),
    "aggregatedAttendance": ("startDate", "endDate"),
}
LOOKUPS: dict[str, dict[str, Any]] = {
    "organisations": {"schoolUnitCodes": tuple[Text, ...], "organisationCodes": tuple[Text, ...]},
    "persons": {"civicNos": tuple[Text, ...]},
    "placements": {"personIds": Ids},
    "activities": {"teachers": Ids, "members": Ids},
    "calendarEvents": {"activities": Ids, "student": Ids, "teacher": Ids},
    "attendances": {"activities": Ids, "students": Ids, "calendareEvents": Ids},  # so spelt in the standard
    "attendanceEvents": {"person": Ids, "group": Ids},
    "attendanceSchedule": {"placement": Ids},
}
"""What each lookup takes beside ids."""


def _expanding(resource: str) -> dict[str, Any]:
    words = EXPANDED.get(resource)
    return {"expand": _several(*words)} if words else {}


def listing(resource: str) -> type[Listed]:
    """What the list of a resource can be asked. `aggregatedAttendance` has no times of its own."""
    base = Listed
    made: type[Listed] = _model(
        f"List{resource[0].upper()}{resource[1:]}", base, FILTERS[resource] | _expanding(resource),
        REQUIRED.get(resource, ()),
    )  # fmt: skip
    return made


def shown(resource: str) -> type[Shown]:
    """How one entity can be shown."""
    made: type[Shown] = _model(f"Read{resource[0].upper()}{resource[1:]}", Shown, _expanding(resource))
    return made


def lookup(resource: str) -> type[BaseModel]:
    """The body of a resource's lookup."""
    made: type[BaseModel] = _model(
        f"Lookup{resource[0].upper()}{resource[1:]}", Query, {"ids": Ids} | LOOKUPS.get(resource, {})
    )
    return made


class Deleted(Paged):
    """Which deletions are asked for: `after` a moment (exclusive), of some kinds of entity or all."""

    after: Moment | None = None
    entities: tuple[EntityType, ...] = ()


def refused(error: DomainError, _: str) -> Response:
    """A refusal as the standard's `Error`, in both languages, for the logs of another system. What does not
    have the right shape is 400 there.
    """
    status = 400 if error.status == 422 else error.status
    where = "; ".join(f"{fault.field}: {fault.reason.en}" for fault in error.faults)
    said = f"{error.said.sv} {error.advised.sv} · {error.said.en} {error.advised.en}"
    body = {"code": error.code, "message": f"{said} ({where})" if where else said}
    headers: dict[str, str | list[str]] = {
        "Content-Type": "application/json", "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"
    }  # fmt: skip
    if (seconds := getattr(error, "retry_after", None)) is not None:
        headers["Retry-After"] = str(seconds)
    return Response(json.dumps(body, ensure_ascii=False), headers, status)
