"""What all areas share: the encryption key, the event bus and its archive, the audit table, the drop box for
files, the people who sign in, the mail settings, the alarm topic and the address."""

from __future__ import annotations

from aws_cdk import Aws, CfnCondition, CfnOutput, CfnParameter, Duration, Fn, Stack
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_secretsmanager as secrets
from aws_cdk import aws_ses as ses
from aws_cdk import aws_sns as sns
from constructs import Construct

from infra.areas import AREAS
from infra.facts import published
from infra.stacks import base, buckets, schemas, signing
from infra.stacks.users import Users

CURSOR_SECRET = "skolkit-cursor"
PHONE_SECRET = "skolkit-phone"
PUSH_SECRET = "skolkit-push"
WEBHOOK_SECRET = "skolkit-webhook"
ARCHIVE_DAYS = 90


class CoreStack(base.SkolkitStack):
    """`skolkit-core`."""

    def __init__(self, scope: Construct) -> None:
        super().__init__(scope, "core", description="Skolkit: shared ground")
        domain = self._domain()
        key = _key(self)
        self._bus()
        schemas.registry(self, [fact for area in AREAS for fact in published(area.name)])
        audit = _audit_table(self, key)
        _data_keys(self, key)
        mac_key = self._audit_archive(key)
        self._retention_archive(key)
        self._lock(*signing.catalogue(self, key))
        buckets.imports(self, key)
        buckets.extracts(self, key)
        buckets.documents(self, key)
        buckets.tables(self, key, domain)
        buckets.files(self, key, domain)
        self._alarms(key)
        secrets.Secret(
            self,
            "CursorKey",
            secret_name=CURSOR_SECRET,
            description="Seals the cursors of lists; a new value only sends readers back to page one.",
            generate_secret_string=secrets.SecretStringGenerator(
                password_length=64, exclude_punctuation=True
            ),
        )
        secrets.Secret(
            self,
            "PhoneKey",
            secret_name=PHONE_SECRET,
            description="Hashes guardians' numbers and codes; with a new value they all choose a code again.",
            generate_secret_string=secrets.SecretStringGenerator(
                password_length=64, exclude_punctuation=True
            ),
        )
        secrets.Secret(
            self,
            "PushKey",
            secret_name=PUSH_SECRET,
            description="Makes the key that push messages are signed with; with a new value every device "
            "must subscribe again.",
            generate_secret_string=secrets.SecretStringGenerator(
                password_length=64, exclude_punctuation=True
            ),
        )
        secrets.Secret(
            self,
            "WebhookKey",
            secret_name=WEBHOOK_SECRET,
            description="Makes the secrets that notices to other systems are signed with; with a new value "
            "they must all subscribe again.",
            generate_secret_string=secrets.SecretStringGenerator(
                password_length=64, exclude_punctuation=True
            ),
        )
        _mail(self, domain)
        _gateway_logs(self)
        users = Users(self)
        _export(self, "UserPoolArn", users.pool.user_pool_arn, base.POOL_EXPORT)
        _export(self, "KeyArn", key.key_arn, base.KEY_EXPORT)
        _export(self, "AuditKeyArn", mac_key.key_arn, base.AUDIT_KEY_EXPORT)
        _export(self, "AuditStreamArn", audit.table_stream_arn or "", base.AUDIT_STREAM_EXPORT)
        _export(self, "ProtectedKeyArn", _protected_key(self).key_arn, base.PROTECTED_EXPORT)
        for name, made, export in signing.keys(self):
            _export(self, name, made.key_arn, export)
        _export(self, "Address", domain, base.DOMAIN_EXPORT)

    def _bus(self) -> None:
        bus = events.EventBus(self, "Bus", event_bus_name=base.BUS)
        events.CfnArchive(
            self,
            "Archive",
            archive_name="skolkit",
            source_arn=bus.event_bus_arn,
            retention_days=ARCHIVE_DAYS,
            description="Every fact, for replay; consumers remember longer than this what they have done.",
            event_pattern={"source": [{"prefix": "skolkit."}]},
        )

    def _alarms(self, key: kms.Key) -> None:
        topic = sns.Topic(self, "Alarms", topic_name="skolkit-alarms", master_key=key, enforce_ssl=True)
        mail = CfnParameter(
            self, "AlarmMail", default="", description="Who gets the alarms by mail; empty for nobody."
        )
        somebody = Fn.condition_not(Fn.condition_equals(mail.value_as_string, ""))
        subscription = sns.CfnSubscription(
            self, "AlarmsByMail", protocol="email", endpoint=mail.value_as_string, topic_arn=topic.topic_arn
        )
        subscription.cfn_options.condition = CfnCondition(self, "HasAlarmMail", expression=somebody)

    def _audit_archive(self, key: kms.Key) -> kms.Key:
        """Segments of the audit trail that nobody can change or delete before their time (in production not
        even the account's owner), and the key that seals them; the seal cannot be made outside KMS.
        """
        days = CfnParameter(
            self,
            "AuditDays",
            type="Number",
            default=1826,
            min_value=400,
            description="How long the archived audit trail is locked, in days.",
        )
        bucket = buckets.bucket(
            self,
            "AuditArchive",
            base.audit_bucket(),
            key,
            s3.LifecycleRule(
                id="locked segments end",
                noncurrent_version_expiration=Duration.days(1),
                abort_incomplete_multipart_upload_after=Duration.days(7),
            ),
        )
        self._lock(bucket, days, ends=True)
        return kms.Key(
            self,
            "AuditKey",
            alias="alias/skolkit-audit",
            key_spec=kms.KeySpec.HMAC_256,
            key_usage=kms.KeyUsage.GENERATE_VERIFY_MAC,
            removal_policy=base.KEPT,
            description="Seals the segments of the audit trail.",
        )

    def _retention_archive(self, key: kms.Key) -> None:
        """Documents archived by the retention plan, and the proofs of what it deleted. Nothing in it ends by
        itself: its files go to the municipality's archive (arkivlagen (1990:782) 9 §).
        """
        days = CfnParameter(
            self,
            "ArchiveDays",
            type="Number",
            default=3653,
            min_value=400,
            description="How long archived documents and proofs of deletion are locked, in days.",
        )
        bucket = buckets.bucket(
            self,
            "RetentionArchive",
            base.archive_bucket(),
            key,
            s3.LifecycleRule(
                id="what was put twice ends when it may",
                noncurrent_version_expiration=Duration.days(400),
                abort_incomplete_multipart_upload_after=Duration.days(7),
            ),
        )
        self._lock(bucket, days)

    def _lock(self, bucket: s3.Bucket, days: CfnParameter, *, ends: bool = False) -> None:
        """Object Lock, in production not even the account's owner can lift it; what `ends` does so then."""
        rule = {
            "Mode": Fn.condition_if(self.is_prod.logical_id, "COMPLIANCE", "GOVERNANCE"),
            "Days": days.value_as_number,
        }
        ending = {"LifecycleConfiguration.Rules.0.ExpirationInDays": days.value_as_number} if ends else {}
        base.override(
            bucket,
            ObjectLockEnabled=True,
            ObjectLockConfiguration={"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": rule}},
            **ending,
        )

    def _domain(self) -> str:
        """The one address of all areas; the embedded AWS answers under 127.0.0.1 without a certificate."""
        name = CfnParameter(self, "DomainName", description="The address people use, e.g. skola.example.se")
        certificate = CfnParameter(
            self,
            "CertificateArn",
            default="",
            description="Certificate in ACM for DomainName; not used locally.",
        )
        made = apigateway.CfnDomainName(
            self,
            "Domain",
            domain_name=name.value_as_string,
            regional_certificate_arn=Fn.condition_if(
                self.is_aws.logical_id, certificate.value_as_string, Aws.NO_VALUE
            ).to_string(),
            endpoint_configuration=apigateway.CfnDomainName.EndpointConfigurationProperty(types=["REGIONAL"]),
            security_policy="TLS_1_2",
        )
        CfnOutput(self, "DomainTarget", value=made.attr_regional_domain_name, description="Point DNS here.")
        return made.ref


def _export(stack: Stack, name: str, value: str, export: str) -> None:
    CfnOutput(stack, name, value=value, export_name=export)


def _key(stack: Stack) -> kms.Key:
    key = kms.Key(
        stack,
        "Key",
        alias="alias/skolkit",
        enable_key_rotation=True,
        removal_policy=base.KEPT,
        description="Tables, dropped files and alarms.",
    )
    alarms = iam.ServicePrincipal("cloudwatch.amazonaws.com")
    key.add_to_resource_policy(
        iam.PolicyStatement(
            actions=["kms:Decrypt", "kms:GenerateDataKey"],
            resources=["*"],
            principals=[alarms],
            conditions={"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}},
        )
    )
    return key


def _protected_key(stack: Stack) -> kms.Key:
    """Seals what is known of people with protected identity. Functions that take such people may encrypt;
    only the register's writer may decrypt, for a broken glass and for the end of a protection.
    """
    return kms.Key(
        stack,
        "ProtectedKey",
        alias="alias/skolkit-protected",
        enable_key_rotation=True,
        removal_policy=base.KEPT,
        description="Addresses and numbers of people with protected identity.",
    )


def table(
    stack: base.SkolkitStack, name: str, key: kms.IKey, *,
    stream: dynamodb.StreamViewType | None = None, restorable: bool = True,
) -> dynamodb.Table:  # fmt: skip
    """A table as all of ours are: on demand, encrypted, restorable to any second, protected from deletion."""
    made = dynamodb.Table(
        stack,
        "Table" if restorable else "Keys",
        table_name=name,
        partition_key=dynamodb.Attribute(name="pk", type=dynamodb.AttributeType.STRING),
        sort_key=dynamodb.Attribute(name="sk", type=dynamodb.AttributeType.STRING),
        billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
        encryption=dynamodb.TableEncryption.CUSTOMER_MANAGED,
        encryption_key=key,
        point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
            point_in_time_recovery_enabled=restorable
        ),
        stream=stream,
        time_to_live_attribute="expires" if stream else None,
        removal_policy=base.KEPT,
    )
    base.override(made, DeletionProtectionEnabled=Fn.condition_if(stack.is_local.logical_id, False, True))
    return made


def _audit_table(stack: CoreStack, key: kms.Key) -> dynamodb.Table:
    """Append-only: every function may put and nothing else. A row expires long after it is archived."""
    return table(stack, "skolkit-audit", key, stream=dynamodb.StreamViewType.NEW_IMAGE)


def _data_keys(stack: CoreStack, key: kms.Key) -> None:
    """The data keys of what is known of protected people. Without backups, or what is shredded by deleting
    its key could be opened again from one (decision 0020).
    """
    table(stack, "skolkit-keys", key, restorable=False)


def _mail(stack: Stack, domain: str) -> None:
    """Mail comes from the service's own domain; what became of it is told to the default bus."""
    ses.EmailIdentity(stack, "Sender", identity=ses.Identity.domain(domain))
    settings = ses.ConfigurationSet(
        stack,
        "Mail",
        configuration_set_name="skolkit",
        reputation_metrics=True,
        tls_policy=ses.ConfigurationSetTlsPolicy.REQUIRE,
    )
    settings.add_event_destination(
        "Bus",
        configuration_set_event_destination_name="bus",
        destination=ses.EventDestination.event_bus(
            events.EventBus.from_event_bus_name(stack, "Default", "default")
        ),
        events=[
            ses.EmailSendingEvent.SEND,
            ses.EmailSendingEvent.DELIVERY,
            ses.EmailSendingEvent.BOUNCE,
            ses.EmailSendingEvent.COMPLAINT,
            ses.EmailSendingEvent.REJECT,
            ses.EmailSendingEvent.RENDERING_FAILURE,
        ],
    )


def _gateway_logs(stack: Stack) -> None:
    """API Gateway writes access logs with one role for the whole account, and refuses to without it."""
    role = iam.Role(
        stack,
        "GatewayLogs",
        assumed_by=iam.ServicePrincipal("apigateway.amazonaws.com"),
        managed_policies=[
            iam.ManagedPolicy.from_aws_managed_policy_name(
                "service-role/AmazonAPIGatewayPushToCloudWatchLogs"
            )
        ],
    )
    apigateway.CfnAccount(stack, "Gateway", cloud_watch_role_arn=role.role_arn)
