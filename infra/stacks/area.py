"""One area in AWS, built from what its `app.py` and `store.py` declare: its table, its functions with what
starts them, its REST API and its alarms."""

from __future__ import annotations

from pathlib import Path

from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_kms as kms
from constructs import Construct

from infra.areas import Area
from infra.stacks import base, core, permissions, rest, triggers
from infra.stacks.alarms import Alarms
from infra.stacks.functions import Functions

HTTP_TIMEOUT, HTTP_MEMORY = 29, 1024
_TYPES = {
    "S": dynamodb.AttributeType.STRING,
    "N": dynamodb.AttributeType.NUMBER,
    "B": dynamodb.AttributeType.BINARY,
}


class AreaStack(base.SkolkitStack):
    """`skolkit-<area>`."""

    def __init__(self, scope: Construct, area: Area, built: Path) -> None:
        super().__init__(scope, area.name, description=f"Skolkit: {area.api.title}")
        self.area = area
        table = self._table()
        functions = Functions(self, area.name, built)
        alarms = Alarms(self, area.name)
        self.started = [triggers.start(self, area, trigger, functions, table) for trigger in area.triggers]
        for started in self.started:
            alarms.started(started)
        if area.operations:
            self._http(functions, alarms)
        self.alarm_names = alarms.names
        self.functions = functions.made

    def _table(self) -> dynamodb.Table:
        key = kms.Key.from_key_arn(self, "Key", base.key_arn())
        table = core.table(self, f"skolkit-{self.area.name}", key, stream=dynamodb.StreamViewType.NEW_IMAGE)
        for name, index in self.area.indexes.items():
            kinds = {a["AttributeName"]: _TYPES[a["AttributeType"]] for a in index["attribute_definitions"]}
            keys = {
                k["KeyType"]: dynamodb.Attribute(name=k["AttributeName"], type=kinds[k["AttributeName"]])
                for k in index["key_schema"]
            }
            projection = index["projection"]
            table.add_global_secondary_index(
                index_name=name,
                partition_key=keys["HASH"],
                sort_key=keys.get("RANGE"),
                projection_type=dynamodb.ProjectionType[projection["ProjectionType"]],
                non_key_attributes=projection.get("NonKeyAttributes"),
            )
        return table

    def _http(self, functions: Functions, alarms: Alarms) -> None:
        """Two functions with the same code: most requests are served by one that cannot write."""
        handler = f"functions.{self.area.name}.app.app"
        reader, writer = (
            functions.make(
                name,
                handler,
                statements,
                timeout=HTTP_TIMEOUT,
                memory=HTTP_MEMORY,
                description=f"{self.area.api.title}: {name}",
                documents=name == "writer" and "s3:GetObject papers" in self.area.api.uses,
            )
            for name, statements in (
                (
                    "reader",
                    [
                        *permissions.reads(self.area),
                        *permissions.uses(self.area.name, self.area.api.reader_uses),
                    ],
                ),
                (
                    "writer",
                    [*permissions.writes(self.area), *permissions.uses(self.area.name, self.area.api.uses)],
                ),
            )
        )
        for api in self.area.apis:
            if api.operations:
                rest.build(self, api, reader, writer)
        alarms.http(reader, writer, [one for api in self.area.apis for one in api.watched])
