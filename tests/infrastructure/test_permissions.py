"""A function may do what it uses, on its own and declared tables, and nothing else."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from infra.areas import AREAS, Area, retaining
from tests.infrastructure.conftest import Assembly, Resource, as_text

# What readers count, and no more: wrong codes on the public page, what other systems fetch.
COUNTERS = {
    "skolkit-exchange-reader": ("dynamodb:UpdateItem", "skolkit-exchange", '"USE#*"'),
    "skolkit-grades-reader": ("dynamodb:PutItem", "skolkit-grades", '"TRIES#*"'),
}
AUDIT_READERS = {"skolkit-access-reader", "skolkit-access-answer_extract"}
ARCHIVER = {"skolkit-access-append_segments"}
WITHOUT_RESOURCE = {"dynamodb:ListStreams", "xray:PutTelemetryRecords", "xray:PutTraceSegments"}
SEALING = {
    "skolkit-register-hide_papers", "skolkit-register-import_people", "skolkit-register-take_population",
    "skolkit-register-work_on_tables", "skolkit-register-writer",
}  # fmt: skip
OPENING = {"skolkit-register-take_population", "skolkit-register-writer"}
SHREDDING = {"skolkit-register-answer_retention"}
KEYS = {
    *((name, "PutItem") for name in SEALING), *((name, "GetItem") for name in OPENING),
    *((name, verb) for name in SHREDDING for verb in ("DeleteItem", "Query")),
    ("skolkit-register-work_on_tables", "DeleteItem"),  # an undone import takes along what it had sealed
}  # fmt: skip
WRITES = {"PutItem", "UpdateItem", "DeleteItem", "ConditionCheckItem", "BatchWriteItem"}


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def allowed(role: Resource) -> Iterator[tuple[str, str]]:
    """Every action with every resource a role's own policies allow."""
    for policy in role.properties.get("Policies", []):
        for statement in policy["PolicyDocument"]["Statement"]:
            assert statement["Effect"] == "Allow"
            for action in listed(statement["Action"]):
                for resource in listed(statement.get("Resource", "not:" + str(statement.get("NotResource")))):
                    yield action, as_text(resource)


def roles(cdk: Assembly) -> list[tuple[Resource, Resource]]:
    return [(f, cdk.referred(f.stack, f.properties["Role"])) for f in cdk.of("AWS::Lambda::Function")]


def test_every_function_has_a_role_of_its_own(cdk: Assembly) -> None:
    names = [str(role) for _, role in roles(cdk)]
    assert len(names) == len(set(names))


def test_nothing_is_added_to_a_role_from_outside(cdk: Assembly) -> None:
    for template in cdk.templates.values():
        kinds = {raw["Type"] for raw in template["Resources"].values()}
        assert not kinds & {"AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"}
    for function, role in roles(cdk):
        assert "ManagedPolicyArns" not in role.properties, function


def test_no_action_is_a_pattern(cdk: Assembly) -> None:
    for role in cdk.of("AWS::IAM::Role"):
        for action, _ in allowed(role):
            assert "*" not in action, role
            assert not action.endswith(":PartiQLSelect"), role


def test_a_table_is_walked_by_its_own_nightly_worker_alone(cdk: Assembly) -> None:
    scans = {
        (function.properties["FunctionName"], resource.rpartition("/")[2])
        for function, role in roles(cdk) for action, resource in allowed(role) if action == "dynamodb:Scan"
    }  # fmt: skip
    assert scans == {
        (f"skolkit-{area}-answer_retention", f"skolkit-{area}") for area in retaining()
    }  # fmt: skip


def test_no_action_that_takes_a_resource_has_all_of_them(cdk: Assembly) -> None:
    for role in cdk.of("AWS::IAM::Role"):
        for action, resource in allowed(role):
            if action in WITHOUT_RESOURCE:
                assert resource == "*", role
            elif action in ("events:CancelReplay", "events:DescribeReplay"):
                assert resource.endswith(":replay/skolkit-*"), role  # each has a name of its own
            elif action == "sns:Publish":
                assert resource == "not:arn:*:sns:*:*:*", role
            else:
                rest = resource.removesuffix("/index/*").removesuffix(":log-stream:*")
                if action in ("s3:DeleteObject", "s3:GetObject", "s3:GetObjectVersion", "s3:PutObject"):
                    assert re.search(r"/[a-z]+/\w+/\*$", resource), (role, resource)
                    rest = rest.removesuffix("*")
                assert "*" not in rest, (role, action, resource)


def test_a_function_reaches_its_own_and_declared_tables_only(cdk: Assembly) -> None:
    reads = {spec.name: {spec.name, *spec.reads} for spec in AREAS}
    writes = {f"skolkit-{spec.name}-writer": set(spec.writes) for spec in AREAS}
    for function, role in roles(cdk):
        area = function.properties["Environment"]["Variables"]["SKOLKIT_AREA"]
        name = function.properties["FunctionName"]
        for action, resource in allowed(role):
            found = re.search(r":table/skolkit-(\w+)", resource)
            if not action.startswith("dynamodb:") or not found:
                continue
            table, verb = found[1], action.removeprefix("dynamodb:")
            if table == "audit":
                wanted = {"PutItem"} | ({"Query"} if name in AUDIT_READERS else set())
                assert verb in wanted, (function, action)
            elif table == "keys":
                assert (name, verb) in KEYS, (function, action)
            elif verb in WRITES:
                assert table in {area, *writes.get(name, ())}, (function, action, table)
            else:
                assert table in reads[area], (function, action, table)


def test_readers_write_nothing_but_the_audit_trail(cdk: Assembly) -> None:
    for function, role in roles(cdk):
        if function.properties["FunctionName"].endswith("-reader"):
            done = {(a, r.rsplit("/")[-1]) for a, r in allowed(role) if a.removeprefix("dynamodb:") in WRITES}
            known = {("dynamodb:PutItem", "skolkit-audit")}
            if counts := COUNTERS.get(function.properties["FunctionName"]):
                action, table, rows = counts
                known.add((action, table))
                statements = role.properties["Policies"][0]["PolicyDocument"]["Statement"]
                (counting,) = [s for s in statements if rows in json.dumps(s.get("Condition", {}))]
                assert counting["Action"] == action
            assert done == known, function


def test_two_functions_read_the_audit_trail_and_one_archives_it(cdk: Assembly) -> None:
    """Nobody else may: who reads the trail learns who is looked at, and by whom. The one answers "who has
    read about me", the other tells it in a register extract.
    """
    wanted = {
        "dynamodb:Query": (AUDIT_READERS, ":table/skolkit-audit"),
        "dynamodb:GetRecords": (ARCHIVER, "${import:skolkit-audit-stream-arn}"),
        "kms:GenerateMac": (ARCHIVER, "${import:skolkit-audit-key-arn}"),
        "s3:PutObject": (ARCHIVER, "/audit/segments/*"),
    }
    for action, (names, resource) in wanted.items():
        having = {
            function.properties["FunctionName"]
            for function, role in roles(cdk)
            if any(a == action and r.endswith(resource) for a, r in allowed(role))
        }
        assert having == names, action


def test_who_opens_protected_details_and_reads_the_parts_of_extracts(cdk: Assembly) -> None:
    """The register's writer (the glass) and the population register's importer; of parts, who joins them.
    Whoever may only seal gets new keys, and none to read.
    """
    opens, seals, joins = set(), set(), set()
    for function, role in roles(cdk):
        for action, resource in allowed(role):
            if action == "kms:Decrypt" and "protected" in resource:
                opens.add(function.properties["FunctionName"])
            if action == "kms:GenerateDataKey" and "protected" in resource:
                seals.add(function.properties["FunctionName"])
            if action == "s3:GetObject" and "/parts/" in resource:
                joins.add(function.properties["FunctionName"])
    assert (opens, seals) == (OPENING, SEALING)
    assert joins == {"skolkit-access-collect_extract"}


def test_nobody_may_lift_the_lock_or_delete_from_the_archive(cdk: Assembly) -> None:
    """Files of an area's own tables are what is deleted at all, by who withdraws them."""
    deletes = set()
    for function, role in roles(cdk):
        area = function.properties["Environment"]["Variables"]["SKOLKIT_AREA"]
        for action, resource in allowed(role):
            if action == "s3:DeleteObject":
                own = rf":::skolkit-(tables|files)-\S+/[a-z]+/{area}/\*$"
                files = (
                    rf"{own}|/(register/leaving|attendance/inquiries|assessment/iup|grades/documents"
                    r"|documents/whole)/\*$"
                )
                assert re.search(files, resource), (function, resource)
                deletes.add(function.properties["FunctionName"].rpartition("-")[2])
    assert deletes == {
        "destroy_document", "forget_attachments", "forget_iup_papers", "hide_inquiry_papers",
        "hide_iup_papers", "hide_papers", "scan_attachment", "withdraw_extracts", "withdraw_tables",
        "work_on_tables", "write_documents",
    }  # fmt: skip
    for role in cdk.of("AWS::IAM::Role"):
        for action, _ in allowed(role):
            assert action not in {
                "s3:BypassGovernanceRetention", "s3:DeleteObjectVersion",
                "s3:PutBucketObjectLockConfiguration", "s3:PutObjectRetention",
            }  # fmt: skip


def test_a_file_in_quarantine_is_read_by_the_scanner_alone_which_reads_nothing_else(cdk: Assembly) -> None:
    """And what is given out is written by it alone, of one area's table."""
    done = {
        (function.properties["FunctionName"][8:], action, resource.split(":::")[1].partition("/")[2])
        for function, role in roles(cdk) for action, resource in allowed(role)
        if action.startswith("s3:") and "skolkit-files" in resource
    }  # fmt: skip
    scanner = "messages-scan_attachment"
    assert done == {
        ("messages-writer", "s3:PutObject", "quarantine/messages/*"),
        (scanner, "s3:GetObject", "quarantine/messages/*"),
        (scanner, "s3:DeleteObject", "quarantine/messages/*"),
        (scanner, "s3:PutObject", "released/messages/*"),
        ("messages-reader", "s3:GetObject", "released/messages/*"),
        ("messages-forget_attachments", "s3:DeleteObject", "released/messages/*"),
    }
    (role,) = (r for f, r in roles(cdk) if f.properties["FunctionName"] == f"skolkit-{scanner}")
    tables = {(a, r.rpartition("/")[2]) for a, r in allowed(role) if a.startswith("dynamodb:")}
    assert tables == {
        ("dynamodb:GetItem", "skolkit-messages"), ("dynamodb:PutItem", "skolkit-messages"),
        ("dynamodb:PutItem", "skolkit-audit"),
    }  # fmt: skip


def test_an_area_packs_and_proves_in_its_own_folders_and_access_alone_reads_proofs(cdk: Assembly) -> None:
    archive = {
        (function.properties["FunctionName"], action, resource.split(":::")[1].partition("/")[2])
        for function, role in roles(cdk) for action, resource in allowed(role)
        if action.startswith("s3:") and "skolkit-archive" in resource
    }  # fmt: skip
    collector, register = "skolkit-access-collect_retention", "skolkit-register-answer_retention"
    assert archive == {
        *((f"skolkit-{area}-answer_retention", "s3:PutObject", f"proofs/{area}/*") for area in retaining()),
        *((collector, "s3:GetObject", f"proofs/{area}/*") for area in retaining()),
        (collector, "s3:PutObject", "proofs/access/*"),
        ("skolkit-access-writer", "s3:GetObject", "proofs/access/*"),
        (register, "s3:GetObject", "packages/register/*"),
        (register, "s3:PutObject", "packages/register/*"),
    }


def test_relays_see_the_stream_and_not_the_table(cdk: Assembly) -> None:
    seen = 0
    for function, role in roles(cdk):
        if function.properties["FunctionName"].endswith("-relay"):
            seen += 1
            tables = {a for a, r in allowed(role) if a.startswith("dynamodb:") and ":table/" in r}
            assert not tables, function
            assert (
                "events:PutEvents",
                "arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:event-bus/skolkit",
            ) in set(allowed(role))
    assert seen


def test_what_follows_a_table_has_that_table_and_its_stream_alone(cdk: Assembly) -> None:
    (role,) = (r for f, r in roles(cdk) if f.properties["FunctionName"] == "skolkit-register-keep_search")
    done = {(action, resource) for action, resource in allowed(role) if not action.startswith("kms:")}
    tables = {resource for action, resource in done if ":table/" in resource and "/stream" not in resource}
    assert all(table.endswith(":table/skolkit-register") for table in tables)
    assert {action for action, _ in done if action.startswith(("events:", "s3:", "ses:", "sns:"))} == set()


def test_logs_go_to_the_functions_own_group(cdk: Assembly) -> None:
    for function, role in roles(cdk):
        own = f":log-group:/aws/lambda/{function.properties['FunctionName']}:log-stream:*"
        groups = {resource for action, resource in allowed(role) if action.startswith("logs:")}
        assert all(group.endswith(own) for group in groups), function
        assert groups, function


def test_every_function_is_declared(cdk: Assembly, areas: tuple[Area, ...]) -> None:
    declared = {f"skolkit-{a.name}-{t.name}" for a in areas for t in a.triggers} | {
        f"skolkit-{a.name}-{side}" for a in areas for side in ("reader", "writer") if a.operations
    }
    assert {f.properties["FunctionName"] for f in cdk.of("AWS::Lambda::Function")} == declared


def test_only_exchange_replays_and_its_reader_only_looks(cdk: Assembly) -> None:
    """And only from our archive; nobody puts on the bus but the relays."""
    may = {
        (function.properties["FunctionName"], action, resource.rpartition(":")[2])
        for function, role in roles(cdk) for action, resource in allowed(role)
        if action.startswith("events:") and action != "events:PutEvents"
    }  # fmt: skip
    writer, reader = "skolkit-exchange-writer", "skolkit-exchange-reader"
    assert may == {
        (reader, "events:DescribeReplay", "replay/skolkit-*"),
        (writer, "events:CancelReplay", "replay/skolkit-*"),
        (writer, "events:DescribeReplay", "replay/skolkit-*"),
        (writer, "events:StartReplay", "archive/skolkit"),
    }
