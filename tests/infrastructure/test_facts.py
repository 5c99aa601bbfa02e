"""The facts as others read of them: the catalogue, the AsyncAPI document and the registry of schemas have
every one, and a delivery is as each of them says.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest

from infra.areas import Area
from infra.facts import as_page, asyncapi, catalogue, inlined, published, registered, schema
from infra.local import paths
from skolkit.events import Fact
from tests.infrastructure.conftest import Assembly
from tests.support.areas import AREAS

FACTS: dict[str, type[Fact]] = {fact.type: fact for area in AREAS for fact in published(area)}
KEPT: list[dict[str, Any]] = json.loads(
    (paths.ROOT / "functions" / "exchange" / "catalogue.json").read_bytes()
)
DOCUMENT: dict[str, Any] = json.loads((paths.ROOT / "events" / "asyncapi.json").read_bytes())
# What the AsyncAPI 3.0.0 specification requires of the objects we use, and all the fields it has for them.
OBJECTS: dict[str, tuple[set[str], set[str]]] = {
    "document": (
        {"asyncapi", "info"},
        {"id", "defaultContentType", "servers", "channels", "operations", "components"},
    ),
    "info": ({"title", "version"}, {"description", "termsOfService", "contact", "license", "tags"}),
    "server": (
        {"host", "protocol"},
        {"protocolVersion", "pathname", "description", "title", "summary", "variables", "security", "tags"},
    ),
    "channel": (
        set(), {"address", "messages", "title", "summary", "description", "servers", "parameters", "tags"},
    ),
    "operation": (
        {"action", "channel"}, {"title", "summary", "description", "security", "tags", "messages", "reply"},
    ),
    "message": (
        set(),
        {"headers", "payload", "contentType", "name", "title", "summary", "description", "tags", "examples"},
    ),
}  # fmt: skip


def resolved(reference: str) -> Any:
    """What a reference in the document points at. KeyError when there is nothing."""
    found: Any = DOCUMENT
    assert reference.startswith("#/")
    for part in reference[2:].split("/"):
        found = found[part]
    return found


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for inner in value.values():
            yield from references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)


def told(entry: dict[str, Any]) -> dict[str, Any]:
    """The entry's sample as the bus delivers it."""
    return {
        "version": "0", "id": entry["sample"]["id"], "detail-type": entry["type"],
        "source": f"skolkit.{entry['area']}", "account": "111122223333", "time": entry["sample"]["time"],
        "region": "eu-north-1", "resources": [], "detail": entry["sample"],
    }  # fmt: skip


def test_every_fact_is_in_the_catalogue_with_whoever_listens(areas: tuple[Area, ...]) -> None:
    assert {entry["type"] for entry in KEPT} == set(FACTS)
    heard = {
        (kind, area.name, trigger.name, trigger.process)
        for area in areas for trigger in area.triggers
        if (trigger.kind, trigger.bus) == ("facts", "skolkit") for kind in trigger.source
    }  # fmt: skip
    shown = {
        (entry["type"], one["area"], one["function"], one["process"])
        for entry in KEPT for one in entry["listeners"]
    }  # fmt: skip
    assert shown == heard


def test_the_catalogue_says_where_ids_of_people_are() -> None:
    people = {entry["type"]: entry["people"] for entry in KEPT}
    assert people["attendance.LessonReported.v1"] == ["unexcused.pupil"]
    assert people["attendance.MessageDue.v1"] == ["about", "recipients"]
    assert people["organisation.YearRolledOver.v1"] == ["pupils"]
    assert people["organisation.GroupFormed.v1"] == []


@pytest.mark.parametrize("entry", KEPT, ids=lambda entry: entry["type"])
def test_a_sample_is_as_every_form_of_the_schema_says(entry: dict[str, Any]) -> None:
    """In the catalogue, in the AsyncAPI document, and in draft 4 as the registry takes it."""
    fact, sample = FACTS[entry["type"]], entry["sample"]
    assert sample["type"] == entry["type"]
    jsonschema.Draft202012Validator(entry["jsonSchema"]).validate(sample)
    fact.model_validate(sample["data"])
    message = DOCUMENT["components"]["messages"][entry["type"]]
    jsonschema.Draft7Validator.check_schema(message["payload"])
    jsonschema.Draft7Validator(message["payload"]).validate(sample)
    kept = registered(fact)
    jsonschema.Draft4Validator.check_schema(kept)
    jsonschema.Draft4Validator(kept).validate(told(entry))
    wrong = told(entry) | {"detail": sample | {"type": "register.Other.v1"}}
    assert not jsonschema.Draft4Validator(kept).is_valid(wrong)
    assert not list(references(kept))
    assert not list(references(message["payload"]))


def test_the_asyncapi_document_is_one_of_version_3() -> None:
    assert DOCUMENT["asyncapi"] == "3.0.0"
    things = [("document", DOCUMENT), ("info", DOCUMENT["info"])]
    things += [("server", one) for one in DOCUMENT["servers"].values()]
    things += [("channel", one) for one in DOCUMENT["channels"].values()]
    things += [("operation", one) for one in DOCUMENT["operations"].values()]
    things += [("message", one) for one in DOCUMENT["components"]["messages"].values()]
    for kind, thing in things:
        required, allowed = OBJECTS[kind]
        assert required <= set(thing) <= required | allowed, (kind, thing)
    assert {
        resolved(one["$ref"])["name"] for one in DOCUMENT["channels"]["skolkit"]["messages"].values()
    } == set(FACTS)
    for operation in DOCUMENT["operations"].values():
        assert operation["action"] in ("send", "receive")
        assert resolved(operation["channel"]["$ref"]) == DOCUMENT["channels"]["skolkit"]
        for message in operation["messages"]:
            # A message of an operation is one of its channel (3.0.0, Operation Object).
            assert message["$ref"].startswith("#/channels/skolkit/messages/")
            resolved(message["$ref"])


def test_the_asyncapi_document_says_who_sends_and_who_receives(areas: tuple[Area, ...]) -> None:
    operations = DOCUMENT["operations"]
    sent = [
        m["$ref"].rpartition("/")[2]
        for o in operations.values()
        if o["action"] == "send"
        for m in o["messages"]
    ]
    assert sorted(sent) == sorted(FACTS)
    receiving = {name for name, operation in operations.items() if operation["action"] == "receive"}
    assert receiving == {
        f"{area.name}.{trigger.name}" for area in areas for trigger in area.triggers
        if (trigger.kind, trigger.bus) == ("facts", "skolkit")
    }  # fmt: skip


def test_a_word_that_draft_4_has_not_is_refused() -> None:
    with pytest.raises(ValueError, match="prefixItems"):
        inlined({"type": "object", "properties": {"a": {"type": "array", "prefixItems": []}}})


def test_a_new_fact_is_told_of_everywhere(areas: tuple[Area, ...], tmp_path: Any) -> None:
    """Without samples each is made up, and is still what the schema says."""
    made = catalogue(areas, tmp_path)
    for entry in made:
        jsonschema.validate(entry["sample"], schema(FACTS[entry["type"]]))
    page = as_page(made)
    assert all(f"schemas/{type.split('.')[0]}/{type.split('.')[1]}." in page for type in FACTS)
    assert set(asyncapi(made)["components"]["messages"]) == set(FACTS)


def test_the_registry_has_a_schema_of_every_fact_and_only_in_aws(cdk: Assembly) -> None:
    (registry,) = cdk.of("AWS::EventSchemas::Registry")
    assert registry.raw["Condition"] == "IsAws"
    found = {}
    for kept in cdk.of("AWS::EventSchemas::Schema"):
        assert (kept.properties["Type"], kept.raw["Condition"]) == ("JSONSchemaDraft4", "IsAws")
        assert kept.properties["RegistryName"] == registry.properties["RegistryName"]
        source, _, type = kept.properties["SchemaName"].partition("@")
        assert source == f"skolkit.{type.split('.')[0]}"
        found[type] = json.loads(kept.properties["Content"])
    assert found == {type: registered(fact) for type, fact in FACTS.items()}


def test_a_rule_has_the_name_that_a_replay_gives_it(cdk: Assembly, areas: tuple[Area, ...]) -> None:
    named = {
        rule.properties["Name"] for rule in cdk.of("AWS::Events::Rule")
        if rule.properties.get("EventBusName") == "skolkit"
    }  # fmt: skip
    assert named == {
        f"skolkit-{one['area']}-{one['function']}" for entry in KEPT for one in entry["listeners"]
    }
