"""What the standard lets a client ask for beside the entities themselves: the names of what they refer to,
and what they refer to whole (`_embedded`). Of a resource that the client may not read it gets neither.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib import import_module
from typing import Any

from functions.exchange.domain.clients import ClientRefused
from functions.exchange.usecases.readers import Reader
from functions.exchange.usecases.resources import resource_of
from skolkit.clock import today
from skolkit.ss12000 import Entity

Body = dict[str, Any]

REFERRED: Mapping[str, str] = {
    **dict.fromkeys(
        ("organisation", "enroledAt", "dutyAt", "placedAt", "offeredAt", "owner", "parentOrganisation"),
        "organisations",
    ),
    **dict.fromkeys(
        ("person", "student", "child", "owners", "registeredBy", "reporter", "gradingTeacher"), "persons"
    ),
    **dict.fromkeys(("group", "groups"), "groups"),
    **dict.fromkeys(("activity", "parentActivity"), "activities"),
    **dict.fromkeys(("syllabus", "syllabuses", "offeredSyllabuses"), "syllabuses"),
    **dict.fromkeys(("programme", "parentProgramme", "offeredProgrammes"), "programmes"),
    "rooms": "rooms",
    "resources": "resources",
}
"""To which resource a property refers. A duty, a placement and a lesson have no name."""

WHOLE: Mapping[str, Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "placements": {"child": ("persons", ("child",)), "owners": ("persons", ("owners", "[]"))},
    "duties": {"person": ("persons", ("person",))},
    "activities": {
        "groups": ("groups", ("groups", "[]")),
        "teachers": ("duties", ("teachers", "[]", "duty")),
        "syllabus": ("syllabuses", ("syllabus",)),
    },
    "calendarEvents": {"activity": ("activities", ("activity",))},
    "attendanceEvents": {
        "person": ("persons", ("person",)),
        "group": ("groups", ("group",)),
        "registeredBy": ("persons", ("registeredBy",)),
    },
    "aggregatedAttendance": {"activity": ("activities", ("activity",)), "student": ("persons", ("student",))},
}
"""What a resource can show whole: the other resource, and the way to its reference; `[]` is every one of a
list.
"""

BESIDE: Mapping[str, Mapping[str, tuple[str, str, str]]] = {
    "persons": {
        "duties": ("duties", "organisation", "duties_of"),
        "responsibleFor": ("persons", "register", "responsible_for"),
        "placements": ("placements", "attendance", "placements_of"),
        "ownedPlacements": ("placements", "attendance", "placements_owned_by"),
        "groupMemberships": ("groups", "organisation", "memberships_of"),
    },
    "groups": {"assignmentRoles": ("duties", "organisation", "assignment_roles_in")},
    "calendarEvents": {"attendance": ("attendances", "attendance", "attendance_at")},
}
"""What a resource can show that refers to it: the other resource, and whose function finds it, by the ids it
is asked of: `(ids) -> {id: [Entity or shape]}`.
"""


def name_references(who: Reader, bodies: Sequence[Body]) -> None:
    """Fill `displayName` in every reference whose name the client may know. A batch for each resource."""
    found: dict[str, list[Body]] = {}
    for resource, reference in _references(bodies):
        found.setdefault(resource, []).append(reference)
    for resource, references in found.items():
        if not who.client.may("read", resource, today()):
            continue
        names = dict(_names(who, resource, {reference["id"] for reference in references}))
        for reference in references:
            if name := names.get(reference["id"]):
                reference["displayName"] = name


def embed(who: Reader, resource: str, bodies: Sequence[Body], words: Sequence[str]) -> None:
    """Show what is referred to whole, under `_embedded`. A batch for each word. Raises `ClientRefused` for
    what the client may not read.
    """
    for word in words:
        if word in WHOLE.get(resource, {}):
            _whole(who, bodies, word, *WHOLE[resource][word])
        else:
            _beside(who, bodies, word, *BESIDE[resource][word])


def _whole(who: Reader, bodies: Sequence[Body], word: str, target: str, way: tuple[str, ...]) -> None:
    _demand(who, target)
    wanted = {id(body): [reference["id"] for reference in _at(body, way)] for body in bodies}
    shown = _shown(who, target, {one for ids in wanted.values() for one in ids})
    for body in bodies:
        there = [_fragment(target, word, shown[one]) for one in wanted[id(body)] if one in shown]
        if "[]" in way:
            body.setdefault("_embedded", {})[word] = there
        elif there:
            body.setdefault("_embedded", {})[word] = there[0]


def _beside(who: Reader, bodies: Sequence[Body], word: str, target: str, area: str, function: str) -> None:
    _demand(who, target)
    find: Callable[[Sequence[str]], Mapping[str, Sequence[Any]]] = getattr(
        import_module(f"functions.{area}.ss12000"), function
    )
    found = {
        id: [one if isinstance(one, Entity) else _dumped(one) for one in rows]
        for id, rows in find([body["id"] for body in bodies]).items()
    }
    wanted = {_named(one, target) for rows in found.values() for one in rows if not isinstance(one, Entity)}
    there = set(_shown(who, target, wanted)) if wanted else set()
    for body in bodies:
        rows = (_row(who, target, one, there) for one in found.get(body["id"], ()))
        body.setdefault("_embedded", {})[word] = [row for row in rows if row is not None]


def _row(who: Reader, target: str, one: Entity | Body, there: set[str]) -> Body | None:
    """A whole entity, or a row with one in it (a membership, a task), when that is there for the client."""
    if isinstance(one, Entity):
        return who.shown(target, one) if who.sees(target, one) else None
    return who.cut(one) if _named(one, target) in there else None


def _dumped(shape: Any) -> Body:
    body: Body = shape.model_dump(mode="json", by_alias=True, exclude_none=True)
    return body


def _named(row: Body, target: str) -> str:
    """The id of the entity in a row."""
    return str(row[{"persons": "person", "groups": "group", "duties": "duty"}[target]]["id"])


def _demand(who: Reader, resource: str) -> None:
    if not who.client.may("read", resource, today()):
        raise ClientRefused(field="expand", value=resource)


def _shown(who: Reader, resource: str, ids: set[str]) -> dict[str, Body]:
    entities = resource_of(resource).by_ids(sorted(ids))
    return {
        e.id: body for e in entities if who.sees(resource, e) and (body := who.shown(resource, e)) is not None
    }


def _fragment(resource: str, word: str, body: Body) -> Body:
    """An event's group comes without its members."""
    if resource == "groups" and word == "group":
        return {name: value for name, value in body.items() if name != "groupMemberships"}
    return body


def _names(who: Reader, resource: str, ids: set[str]) -> Iterator[tuple[str, str]]:
    if resource == "persons":  # as they are shown: under a made-up name, or without one
        for one, body in _shown(who, resource, ids).items():
            yield one, " ".join(name for part in ("givenName", "familyName") if (name := body.get(part)))
        return
    source = resource_of(resource)
    yield from ((e.id, source.name(e)) for e in source.by_ids(sorted(ids)) if who.sees(resource, e))


def _references(node: Any) -> Iterator[tuple[str, Body]]:
    if isinstance(node, list):
        for row in node:
            yield from _references(row)
    if not isinstance(node, dict):
        return
    for name, value in node.items():
        rows = value if isinstance(value, list) else [value]
        for row in rows:
            if name in REFERRED and isinstance(row, dict) and row.keys() <= {"id", "securityMarking"}:
                yield REFERRED[name], row
            else:
                yield from _references(row)


def _at(node: Any, way: tuple[str, ...]) -> Iterator[Body]:
    if not way:
        yield node
    elif way[0] == "[]":
        for row in node:
            yield from _at(row, way[1:])
    elif way[0] in node:
        yield from _at(node[way[0]], way[1:])
