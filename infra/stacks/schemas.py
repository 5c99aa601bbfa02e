"""The schemas of all facts in a registry of AWS, where whoever builds on the bus finds them."""

from __future__ import annotations

import json
from collections.abc import Iterable

from aws_cdk import aws_eventschemas as eventschemas
from constructs import Construct

from infra.facts import registered
from infra.stacks import base
from skolkit.events import Fact

REGISTRY = base.BUS
# Draft 4 is what the registry takes; `schemas/` in the repository has today's.
DRAFT = "JSONSchemaDraft4"


def registry(stack: Construct, facts: Iterable[type[Fact]]) -> None:
    """One schema per fact, named as EventBridge itself would: source and type of event."""
    made = eventschemas.CfnRegistry(
        stack, "Schemas", registry_name=REGISTRY, description="Facts of Skolkit, one schema each."
    )
    for fact in facts:
        schema = eventschemas.CfnSchema(
            stack,
            f"Schema{fact.type.replace('.', '')}",
            registry_name=REGISTRY,
            schema_name=f"skolkit.{fact.type.partition('.')[0]}@{fact.type}",
            type=DRAFT,
            description=" ".join((fact.__doc__ or "").split())[:256],
            content=json.dumps(registered(fact), ensure_ascii=False),
        )
        schema.add_dependency(made)
