"""Data is encrypted, restorable, not deleted by mistake, and not public."""

from __future__ import annotations

from infra.areas import Area
from infra.stacks.base import NOT_EMBEDDED
from skolkit.audit import ROW_DAYS
from tests.infrastructure.conftest import Assembly, Resource, as_text

OTHER_CONDITIONS = {
    "AWS::ApiGateway::GatewayResponse": "IsEmbedded",
    "AWS::SNS::Subscription": "HasAlarmMail",
}
ON_A_HOST_OF_ITS_OWN = ("standardhost", "standardroot", "standardkept")
KEYS = "skolkit-keys"
BY_STAGE = {"Fn::If": ["IsLocal", False, True]}


def test_every_area_and_the_audit_trail_have_a_table(cdk: Assembly, areas: tuple[Area, ...]) -> None:
    names = {table.properties["TableName"] for table in cdk.of("AWS::DynamoDB::Table")}
    assert names == {"skolkit-audit", KEYS, *(f"skolkit-{area.name}" for area in areas)}


def test_tables_can_be_restored_and_are_protected_outside_local(cdk: Assembly) -> None:
    """All but the keys of what can be shredded: a backup of a key is a key."""
    for table in cdk.of("AWS::DynamoDB::Table"):
        restorable = table.properties["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"]
        assert restorable == (table.properties["TableName"] != KEYS)
        assert table.properties["DeletionProtectionEnabled"] == BY_STAGE
        assert table.raw["DeletionPolicy"] == "RetainExceptOnCreate"
        assert table.raw["UpdateReplacePolicy"] == "Retain"
        assert table.properties["BillingMode"] == "PAY_PER_REQUEST"
        assert table.properties["SSESpecification"]["SSEType"] == "KMS"


def test_area_tables_stream_expire_and_have_every_index_of_their_items(
    cdk: Assembly, areas: tuple[Area, ...]
) -> None:
    tables = {table.stack: table for table in cdk.of("AWS::DynamoDB::Table")}
    for area in areas:
        own = tables[f"skolkit-{area.name}"].properties
        assert own["StreamSpecification"] == {"StreamViewType": "NEW_IMAGE"}
        assert own["TimeToLiveSpecification"] == {"AttributeName": "expires", "Enabled": True}
        made = {index["IndexName"]: index["KeySchema"] for index in own["GlobalSecondaryIndexes"]}
        assert made == {name: index["key_schema"] for name, index in area.indexes.items()}
        assert [key["AttributeName"] for key in made["feed"]] == ["feed_pk", "feed_sk"]


def test_the_audit_trail_streams_to_an_archive_that_is_locked_longer_than_its_rows_live(
    cdk: Assembly,
) -> None:
    (audit,) = (t for t in cdk.of("AWS::DynamoDB::Table") if t.properties["TableName"] == "skolkit-audit")
    assert audit.properties["StreamSpecification"] == {"StreamViewType": "NEW_IMAGE"}
    assert audit.properties["TimeToLiveSpecification"] == {"AttributeName": "expires", "Enabled": True}
    archive = locked(cdk, "skolkit-audit-")
    rule = archive.properties["ObjectLockConfiguration"]["Rule"]["DefaultRetention"]
    assert rule == {"Mode": {"Fn::If": ["IsProd", "COMPLIANCE", "GOVERNANCE"]}, "Days": {"Ref": "AuditDays"}}
    days = cdk.templates["skolkit-core"]["Parameters"]["AuditDays"]
    assert days["MinValue"] >= ROW_DAYS
    (lifecycle,) = archive.properties["LifecycleConfiguration"]["Rules"]
    assert lifecycle["ExpirationInDays"] == {"Ref": "AuditDays"}


def locked(cdk: Assembly, name: str) -> Resource:
    """The bucket under Object Lock whose name begins so."""
    buckets = [b for b in cdk.of("AWS::S3::Bucket") if "ObjectLockEnabled" in b.properties]
    assert len(buckets) == 3
    (found,) = (b for b in buckets if as_text(b.properties["BucketName"]).startswith(name))
    return found


def test_what_is_archived_and_proved_is_locked_and_does_not_end_by_itself(cdk: Assembly) -> None:
    archive = locked(cdk, "skolkit-archive-")
    rule = archive.properties["ObjectLockConfiguration"]["Rule"]["DefaultRetention"]
    assert rule == {
        "Mode": {"Fn::If": ["IsProd", "COMPLIANCE", "GOVERNANCE"]}, "Days": {"Ref": "ArchiveDays"}
    }  # fmt: skip
    (lifecycle,) = archive.properties["LifecycleConfiguration"]["Rules"]
    assert "ExpirationInDays" not in lifecycle


def test_the_seal_of_the_audit_trail_is_made_in_kms_alone(cdk: Assembly) -> None:
    (key,) = (k for k in cdk.of("AWS::KMS::Key") if k.properties.get("KeyUsage") == "GENERATE_VERIFY_MAC")
    assert key.properties["KeySpec"] == "HMAC_256"
    assert key.raw["DeletionPolicy"] == "RetainExceptOnCreate"


def test_buckets_are_private_and_refuse_plain_text(cdk: Assembly) -> None:
    guarded = {
        str(cdk.referred(policy.stack, policy.properties["Bucket"]))
        for policy in cdk.of("AWS::S3::BucketPolicy")
        for statement in policy.properties["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Deny"
        and statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    }
    for bucket in cdk.of("AWS::S3::Bucket"):
        block = bucket.properties["PublicAccessBlockConfiguration"]
        assert len(block) == 4, bucket
        assert all(block.values()), bucket
        assert str(bucket) in guarded
        (rule,) = bucket.properties["BucketEncryption"]["ServerSideEncryptionConfiguration"]
        assert rule["ServerSideEncryptionByDefault"]["SSEAlgorithm"] == "aws:kms"
        assert bucket.properties["VersioningConfiguration"] == {"Status": "Enabled"}
        assert bucket.properties["LifecycleConfiguration"]["Rules"]


def test_no_resource_policy_admits_everybody(cdk: Assembly) -> None:
    for kind in ("AWS::S3::BucketPolicy", "AWS::SQS::QueuePolicy", "AWS::SNS::TopicPolicy"):
        for policy in cdk.of(kind):
            for statement in policy.properties["PolicyDocument"]["Statement"]:
                if statement["Effect"] == "Allow":
                    assert statement["Principal"] not in ("*", {"AWS": "*"}), policy


def test_logs_are_kept_for_a_time_that_follows_the_stage(cdk: Assembly) -> None:
    for group in cdk.of("AWS::Logs::LogGroup"):
        assert group.properties["RetentionInDays"] == {"Fn::If": ["IsProd", 180, 30]}, group
    groups = {group.properties["LogGroupName"] for group in cdk.of("AWS::Logs::LogGroup")}
    for function in cdk.of("AWS::Lambda::Function"):
        assert f"/aws/lambda/{function.properties['FunctionName']}" in groups, function


def test_people_cannot_change_who_they_are(cdk: Assembly) -> None:
    for client in cdk.of("AWS::Cognito::UserPoolClient"):
        assert client.properties["WriteAttributes"] == ["locale"], client
        assert "aws.cognito.signin.user.admin" not in client.properties["AllowedOAuthScopes"], client


def test_the_phone_signs_in_with_a_code_and_keeps_no_secret(cdk: Assembly) -> None:
    clients = {
        client.properties["ClientName"]: client.properties
        for client in cdk.of("AWS::Cognito::UserPoolClient")
    }
    phone, integration = clients["phone"], clients["integration"]
    assert (phone["GenerateSecret"], phone["AllowedOAuthFlows"]) == (False, ["code"])
    assert phone["CallbackURLs"][1] == {"Fn::If": ["IsProd", {"Ref": "AWS::NoValue"}, "http://localhost"]}
    assert not any("PASSWORD" in flow for flow in phone["ExplicitAuthFlows"])
    assert (integration["GenerateSecret"], integration["AllowedOAuthFlows"]) == (True, ["client_credentials"])
    assert [as_text(scope) for scope in integration["AllowedOAuthScopes"]] != phone["AllowedOAuthScopes"]


def test_what_the_embedded_aws_lacks_is_left_out_there_and_nothing_else(cdk: Assembly) -> None:
    for stack, template in cdk.templates.items():
        for name, raw in template["Resources"].items():
            wanted = "IsAws" if raw["Type"] in NOT_EMBEDDED else OTHER_CONDITIONS.get(raw["Type"])
            wanted = "HasStandardHost" if name in ON_A_HOST_OF_ITS_OWN else wanted
            assert raw.get("Condition") == wanted, f"{stack}/{name}"


def test_files_are_told_of_and_quarantine_ends_after_a_week(cdk: Assembly) -> None:
    """What is released stays as long as its row; once deleted it is gone within a day, older versions too."""
    (bucket,) = (b for b in cdk.of("AWS::S3::Bucket") if "-files-" in as_text(b.properties["BucketName"]))
    rules = {rule["Prefix"]: rule for rule in bucket.properties["LifecycleConfiguration"]["Rules"]}
    assert set(rules) == {"quarantine/", "released/"}
    assert rules["quarantine/"]["ExpirationInDays"] == 7
    assert "ExpirationInDays" not in rules["released/"]
    assert {rule["NoncurrentVersionExpiration"]["NoncurrentDays"] for rule in rules.values()} == {1}
    told = bucket.properties["NotificationConfiguration"]["EventBridgeConfiguration"]
    assert told == {"EventBridgeEnabled": True}
    assert len(bucket.properties["CorsConfiguration"]["CorsRules"]) == 1


def test_files_of_tables_end_as_soon_as_they_have_served(cdk: Assembly) -> None:
    """Exports after a day (what was deleted or replaced too), so that nothing lies about for years."""
    (bucket,) = (b for b in cdk.of("AWS::S3::Bucket") if "tables" in as_text(b.properties["BucketName"]))
    rules = {rule["Prefix"]: rule for rule in bucket.properties["LifecycleConfiguration"]["Rules"]}
    assert {prefix: rule["ExpirationInDays"] for prefix, rule in rules.items()} == {
        "uploads/": 7, "work/": 30, "reports/": 7, "exports/": 1,
    }  # fmt: skip
    assert {rule["NoncurrentVersionExpiration"]["NoncurrentDays"] for rule in rules.values()} == {1}
    (cors,) = bucket.properties["CorsConfiguration"]["CorsRules"]
    assert [as_text(origin)[:8] for origin in cors["AllowedOrigins"]] == ["https://"]
