"""Puts a synthesised CDK assembly into the embedded AWS: the same assets and templates that go to AWS, stack
by stack in their order, leaving alone what has not changed."""

from __future__ import annotations

import concurrent.futures
import graphlib
import hashlib
import io
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from infra.layers import zip_directory
from infra.local.cloud import ACCOUNT, REGION, Cloud, CloudError

HASH_TAG = "skolkit:hash"
STACK_SECONDS = 300
# Each warm worker holds 50-80 MB, so only the functions somebody waits for are kept warm.
WARM_SUFFIXES = ("-reader", "-writer")
WARM_LIMIT = 16
# A request to a path that no function has: it starts the function and changes nothing.
NOWHERE = {
    "httpMethod": "GET",
    "resource": "/",
    "path": "/",
    "headers": {},
    "multiValueHeaders": {},
    "queryStringParameters": None,
    "multiValueQueryStringParameters": None,
    "pathParameters": None,
    "stageVariables": None,
    "body": None,
    "isBase64Encoded": False,
    "requestContext": {"resourcePath": "/", "httpMethod": "GET", "identity": {}},
}

Say = Callable[[str], None]


@dataclass(frozen=True)
class Stack:
    """One stack of the assembly: its name, template and asset manifest."""

    name: str
    template: Path
    assets: Path

    def resources(self, kind: str) -> dict[str, dict[str, Any]]:
        """Its resources of one type: logical id → definition."""
        resources: dict[str, dict[str, Any]] = json.loads(self.template.read_text()).get("Resources", {})
        return {name: resource for name, resource in resources.items() if resource["Type"] == kind}


def deploy(
    cloud: Cloud, assembly: Path, parameters: Mapping[str, str], say: Say
) -> dict[str, dict[str, str]]:
    """Deploy every stack; the outputs by stack name and key. `parameters` go to the stacks that declare them.

    CloudError names the resources that could not be made and why.
    """
    outputs = {}
    ordered = stacks(assembly)
    for number, stack in enumerate(ordered, 1):
        say(f"{stack.name} ({number} of {len(ordered)})")
        outputs[stack.name] = deploy_stack(cloud, stack, parameters)
    return outputs


def stacks(assembly: Path) -> list[Stack]:
    """The stacks of an assembly, each after those it depends on."""
    artifacts = json.loads((assembly / "manifest.json").read_text())["artifacts"]
    found = {name: one for name, one in artifacts.items() if one["type"] == "aws:cloudformation:stack"}
    order = graphlib.TopologicalSorter(
        {
            name: [other for other in one.get("dependencies", []) if other in found]
            for name, one in found.items()
        }
    )
    return [
        Stack(
            name=found[name]["properties"].get("stackName", name),
            template=assembly / found[name]["properties"]["templateFile"],
            assets=assembly / f"{name}.assets.json",
        )
        for name in order.static_order()
    ]


def upload_assets(cloud: Cloud, stack: Stack) -> None:
    """Put the stack's files into the bucket its template names, each under its own key, unless they are
    there."""
    s3 = cloud.client("s3")
    for asset in json.loads(stack.assets.read_text())["files"].values():
        source = stack.assets.parent / asset["source"]["path"]
        for destination in asset["destinations"].values():
            bucket, key = local_name(destination["bucketName"]), destination["objectKey"]
            ensure_bucket(s3, bucket)
            if exists(s3, bucket, key):
                continue
            if asset["source"]["packaging"] == "zip":
                content = io.BytesIO()
                zip_directory(source, content)
                s3.put_object(Bucket=bucket, Key=key, Body=content.getvalue())
            else:
                s3.put_object(Bucket=bucket, Key=key, Body=source.read_bytes())


def local_name(text: str) -> str:
    """A name of the assembly with the placeholders for account, region and partition filled in."""
    for placeholder, value in (("AccountId", ACCOUNT), ("Region", REGION), ("Partition", "aws")):
        text = text.replace("${AWS::" + placeholder + "}", value)
    return text


def ensure_bucket(s3: Any, bucket: str) -> None:
    """Make the assets' bucket, which `cdk bootstrap` makes in AWS."""
    try:
        s3.head_bucket(Bucket=bucket)
    except ClientError:
        s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})


def exists(s3: Any, bucket: str, key: str) -> bool:
    """Whether the object is there; its key is the hash of its content."""
    try:
        s3.head_object(Bucket=bucket, Key=key)
    except ClientError:
        return False
    return True


def deploy_stack(cloud: Cloud, stack: Stack, parameters: Mapping[str, str]) -> dict[str, str]:
    """Create or update one stack unless template and parameters are the ones it has; its outputs."""
    client = cloud.client("cloudformation")
    template = stack.template.read_text()
    declared = json.loads(template).get("Parameters", {})
    given = {key: value for key, value in parameters.items() if key in declared}
    fingerprint = hashlib.sha256(json.dumps([template, given], sort_keys=True).encode()).hexdigest()
    current = describe(client, stack.name)
    if (
        current
        and current["StackStatus"] in ("CREATE_COMPLETE", "UPDATE_COMPLETE")
        and hash_of(current) == fingerprint
    ):
        return outputs_of(current)
    if current and current["StackStatus"] in ("ROLLBACK_COMPLETE", "CREATE_FAILED", "ROLLBACK_FAILED"):
        client.delete_stack(StackName=stack.name)
        wait(client, stack.name)
        current = None
    upload_assets(cloud, stack)
    try:
        (client.update_stack if current else client.create_stack)(
            StackName=stack.name,
            TemplateURL=template_url(cloud, stack),
            Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in given.items()],
            Capabilities=["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"],
            Tags=[{"Key": HASH_TAG, "Value": fingerprint}],
        )
    except ClientError as error:
        if "No updates are to be performed" not in str(error):
            raise CloudError(
                f"The stack {stack.name} was refused: {error.response['Error']['Message']}"
            ) from error
    done = wait(client, stack.name)
    if done is None or done["StackStatus"] not in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
        raise CloudError(f"The stack {stack.name} could not be deployed.\n{failures(client, stack.name)}")
    create_archives(cloud, stack)
    expire_items(cloud, stack)
    lock_objects(cloud, stack)
    return outputs_of(done)


def template_url(cloud: Cloud, stack: Stack) -> str:
    """Where the template lies among the uploaded assets; a body may hold 51,200 bytes, a file a megabyte."""
    for asset in json.loads(stack.assets.read_text())["files"].values():
        if asset["source"]["path"] == stack.template.name:
            destination = next(iter(asset["destinations"].values()))
            return f"{cloud.endpoint}/{local_name(destination['bucketName'])}/{destination['objectKey']}"
    raise CloudError(f"{stack.assets.name} does not list the template of {stack.name}; synthesise again.")


def describe(client: Any, name: str) -> dict[str, Any] | None:
    """The stack as CloudFormation describes it, or None."""
    try:
        found: list[dict[str, Any]] = client.describe_stacks(StackName=name)["Stacks"]
    except ClientError:
        return None
    return found[0] if found and found[0]["StackStatus"] != "DELETE_COMPLETE" else None


def wait(client: Any, name: str) -> dict[str, Any] | None:
    """The stack when it has come to rest; None when it is gone."""
    deadline = time.monotonic() + STACK_SECONDS
    while time.monotonic() < deadline:
        found = describe(client, name)
        if found is None or not found["StackStatus"].endswith("IN_PROGRESS"):
            return found
        time.sleep(0.1)
    raise CloudError(f"The stack {name} was not ready after {STACK_SECONDS} s.")


def hash_of(stack: Mapping[str, Any]) -> str:
    """The fingerprint the last deployment left on the stack."""
    return next((tag["Value"] for tag in stack.get("Tags", []) if tag["Key"] == HASH_TAG), "")


def outputs_of(stack: Mapping[str, Any]) -> dict[str, str]:
    """The outputs by key."""
    return {one["OutputKey"]: one["OutputValue"] for one in stack.get("Outputs", [])}


def failures(client: Any, name: str) -> str:
    """One line per resource that failed, the cause first."""
    events = client.describe_stack_events(StackName=name)["StackEvents"]
    failed = [event for event in reversed(events) if event["ResourceStatus"].endswith("_FAILED")]
    lines = [
        f"  {one['LogicalResourceId']} ({one['ResourceType']}): {one.get('ResourceStatusReason', 'unknown')}"
        for one in failed
    ]
    return "\n".join(dict.fromkeys(lines)) or "  The embedded AWS gave no reason; see its log."


def create_archives(cloud: Cloud, stack: Stack) -> None:
    """Make by API the event archives that the emulator's CloudFormation does not know."""
    buses = stack.resources("AWS::Events::EventBus")
    client = cloud.client("events")
    for archive in stack.resources("AWS::Events::Archive").values():
        properties = archive["Properties"]
        source = json.dumps(properties["SourceArn"])
        bus = next(bus["Properties"]["Name"] for logical, bus in buses.items() if f'"{logical}"' in source)
        if client.list_archives(NamePrefix=properties["ArchiveName"])["Archives"]:
            continue
        client.create_archive(
            ArchiveName=properties["ArchiveName"],
            EventSourceArn=f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/{bus}",
            RetentionDays=int(properties.get("RetentionDays", 0)),
            **(
                {"EventPattern": json.dumps(properties["EventPattern"])}
                if "EventPattern" in properties
                else {}
            ),
        )


def expire_items(cloud: Cloud, stack: Stack) -> None:
    """Turn on by API the expiry of items, which the emulator's CloudFormation passes over."""
    client = cloud.client("dynamodb")
    for table in stack.resources("AWS::DynamoDB::Table").values():
        wanted = table["Properties"].get("TimeToLiveSpecification")
        name = table["Properties"].get("TableName")
        if not (wanted and isinstance(name, str)):
            continue
        if (
            client.describe_time_to_live(TableName=name)["TimeToLiveDescription"]["TimeToLiveStatus"]
            == "DISABLED"
        ):
            client.update_time_to_live(TableName=name, TimeToLiveSpecification=wanted)


def lock_objects(cloud: Cloud, stack: Stack) -> None:
    """Turn on by API the lock of a bucket's objects, which the emulator's CloudFormation passes over; for a
    day, as nothing here is to be kept.
    """
    client = cloud.client("s3")
    for bucket in stack.resources("AWS::S3::Bucket").values():
        if bucket["Properties"].get("ObjectLockEnabled"):
            rule = {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 1}}
            client.put_object_lock_configuration(
                Bucket=substituted(bucket["Properties"]["BucketName"]),
                ObjectLockConfiguration={"ObjectLockEnabled": "Enabled", "Rule": rule},
            )


def substituted(name: Any) -> str:
    """A physical name made of texts and the account and region, as the template writes it."""
    if isinstance(name, str):
        return local_name(name)
    if "Ref" in name:
        return local_name("${" + name["Ref"] + "}")
    return "".join(substituted(part) for part in name["Fn::Join"][1])


def warm(cloud: Cloud) -> concurrent.futures.Future[int]:
    """Start the functions behind the APIs in the background, so that the first person does not wait; how
    many."""

    def start_all() -> int:
        client = cloud.client("lambda")
        pages = client.get_paginator("list_functions").paginate()
        names = [one["FunctionName"] for page in pages for one in page["Functions"]]
        chosen = sorted(name for name in names if name.endswith(WARM_SUFFIXES))[:WARM_LIMIT]
        for name in chosen:
            client.invoke(FunctionName=name, Payload=json.dumps(NOWHERE))
        return len(chosen)

    executor = concurrent.futures.ThreadPoolExecutor(max_workers=1, thread_name_prefix="warm")
    future = executor.submit(start_all)
    executor.shutdown(wait=False)
    return future
