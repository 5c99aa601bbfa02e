"""A partner that hears facts: one stack for each, made when somebody asks for it and from this one template.

What it takes is data (its parameters): the partner's name, the facts, and either the partner's own event bus,
to which a rule sends them across accounts, or its account, which may then empty a queue of ours.
"""

from __future__ import annotations

from typing import Any

from aws_cdk import Aws, CfnCondition, CfnOutput, CfnParameter, CfnResource, CfnRule, CfnRuleAssertion, Fn
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.stacks import base
from infra.stacks.alarms import text

# What may be told to others: what is about units, groups and periods, and never has the id of a person.
# Whoever needs to hear of people subscribes by SS 12000, where each client has its limits and nobody who is
# protected is told of (decision 0051). `tests/infrastructure/test_partner.py` holds it against the facts.
SHARED = (
    "assessment.AssessmentPublished.v1",
    "grades.GradesPublished.v1",
    "grades.PeriodClosed.v1",
    "grades.PeriodOpened.v1",
    "organisation.ActivityChanged.v1",
    "organisation.CalendarDecided.v1",
    "organisation.ElectivesDecided.v1",
    "organisation.GroupArchived.v1",
    "organisation.GroupFormed.v1",
    "organisation.GroupMembersChanged.v1",
    "organisation.GroupReopened.v1",
    "organisation.TimplanDecided.v1",
    "organisation.UnitChanged.v1",
    "timetable.TimetablePublished.v1",
)
DAYS = 14  # that a queue keeps what nobody fetches
LATE = 6 * 3600  # seconds after which we ask why the partner does not fetch
RECEIVES = (
    "sqs:ChangeMessageVisibility",
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
    "sqs:ReceiveMessage",
)


class PartnerStack(base.SkolkitStack):
    """`skolkit-partner-<name>`; the template is the same for all."""

    def __init__(self, scope: Construct) -> None:
        super().__init__(scope, "partner", description="Skolkit: a partner that hears facts")
        base.acknowledge(self, "W1032", "Without an account there is no queue, so nobody is let in.")
        self._parameters()
        self._conditions()
        failures = self._queue("Failures", f"skolkit-partner-{self.partner}-dlq")
        queue = self._queue("Queue", f"skolkit-partner-{self.partner}", dead=failures.attr_arn)
        queue.cfn_options.condition = self.by_queue
        role = self._role()
        to_bus = self._rule("ToBus", self.bus, failures.attr_arn, role.attr_arn)
        to_bus.cfn_options.condition = role.cfn_options.condition = self.by_bus
        to_queue = self._rule("ToQueue", queue.attr_arn, failures.attr_arn)
        to_queue.cfn_options.condition = self.by_queue
        rule_arn = base.arn("events", f"rule/{base.BUS}/skolkit-partner-{self.partner}")
        self._policy("FailuresPolicy", failures, [_sends(failures, rule_arn)])
        mine = self._policy("QueuePolicy", queue, [_sends(queue, rule_arn), self._fetches(queue)])
        mine.cfn_options.condition = self.by_queue
        self._alarms(failures, queue)
        address = CfnOutput(self, "QueueUrl", value=queue.attr_queue_url)
        address.condition = self.by_queue

    def _parameters(self) -> None:
        self.partner = CfnParameter(
            self, "PartnerName", allowed_pattern="[a-z][a-z0-9-]{1,30}", description="Short name, a-z0-9-.",
        ).value_as_string  # fmt: skip
        self.guest = CfnParameter(
            self, "PartnerAccount", default="", allowed_pattern="([0-9]{12})?",
            description="The partner's AWS account, which may empty the queue; empty with PartnerBus.",
        ).value_as_string  # fmt: skip
        self.bus = CfnParameter(
            self, "PartnerBus", default="",
            allowed_pattern=r"(arn:aws[a-z-]*:events:[a-z0-9-]+:[0-9]{12}:event-bus/[A-Za-z0-9._/-]+)?",
            description="ARN of the partner's event bus; empty with PartnerAccount.",
        ).value_as_string  # fmt: skip
        self.facts = CfnParameter(
            self, "Facts", type="CommaDelimitedList", allowed_values=list(SHARED),
            description="The facts the partner hears.",
        ).value_as_list  # fmt: skip

    def _conditions(self) -> None:
        """Either the one or the other: a stack with both or neither is refused before anything is made."""
        no_bus, no_account = Fn.condition_equals(self.bus, ""), Fn.condition_equals(self.guest, "")
        self.by_bus = CfnCondition(self, "ByBus", expression=Fn.condition_not(no_bus))
        self.by_queue = CfnCondition(self, "ByQueue", expression=no_bus)
        one = Fn.condition_or(
            Fn.condition_and(no_bus, Fn.condition_not(no_account)),
            Fn.condition_and(no_account, Fn.condition_not(no_bus)),
        )
        said = CfnRuleAssertion(assert_=one, assert_description="Give PartnerAccount or PartnerBus.")
        CfnRule(self, "OneWay", assertions=[said])

    def _queue(self, name: str, queue_name: str, dead: str | None = None) -> sqs.CfnQueue:
        return sqs.CfnQueue(
            self,
            name,
            queue_name=queue_name,
            sqs_managed_sse_enabled=True,
            message_retention_period=DAYS * 86_400,
            visibility_timeout=120,
            redrive_policy={"deadLetterTargetArn": dead, "maxReceiveCount": 5} if dead else None,
        )

    def _role(self) -> iam.CfnRole:
        """What the rule may do: put events on the partner's bus, and nothing else."""
        trust = iam.PolicyStatement(
            actions=["sts:AssumeRole"],
            principals=[iam.ServicePrincipal("events.amazonaws.com")],
            conditions={"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}},
        )
        own = iam.PolicyStatement(actions=["events:PutEvents"], resources=[self.bus])
        return iam.CfnRole(
            self,
            "Role",
            assume_role_policy_document=iam.PolicyDocument(statements=[trust]),
            policies=[
                iam.CfnRole.PolicyProperty(
                    policy_name="own", policy_document=iam.PolicyDocument(statements=[own])
                )
            ],
        )

    def _rule(self, name: str, target: str, failures: str, role: str | None = None) -> events.CfnRule:
        return events.CfnRule(
            self,
            name,
            name=f"skolkit-partner-{self.partner}",
            event_bus_name=base.BUS,
            # Our own sources only: what somebody else puts on the bus is not told on.
            event_pattern={"source": [{"prefix": "skolkit."}], "detail-type": self.facts},
            targets=[
                events.CfnRule.TargetProperty(
                    id="partner",
                    arn=target,
                    role_arn=role,
                    dead_letter_config=events.CfnRule.DeadLetterConfigProperty(arn=failures),
                )
            ],
        )

    def _policy(
        self, name: str, queue: sqs.CfnQueue, allowed: list[iam.PolicyStatement]
    ) -> sqs.CfnQueuePolicy:
        plain = iam.PolicyStatement(
            effect=iam.Effect.DENY,
            principals=[iam.AnyPrincipal()],
            actions=["sqs:*"],
            resources=[queue.attr_arn],
            conditions={"Bool": {"aws:SecureTransport": "false"}},
        )
        document = iam.PolicyDocument(statements=[plain, *allowed])
        return sqs.CfnQueuePolicy(self, name, queues=[queue.ref], policy_document=document)

    def _fetches(self, queue: sqs.CfnQueue) -> iam.PolicyStatement:
        return iam.PolicyStatement(
            principals=[iam.ArnPrincipal(f"arn:{Aws.PARTITION}:iam::{self.guest}:root")],
            actions=list(RECEIVES),
            resources=[queue.attr_arn],
        )

    def _alarms(self, failures: sqs.CfnQueue, queue: sqs.CfnQueue) -> None:
        lost = "En samarbetspartner har inte fått händelser den ska ha."
        self._alarm("Lost", failures, "ApproximateNumberOfMessagesVisible", 1, lost)
        slow = "En samarbetspartner hämtar inte sina händelser; efter fjorton dagar försvinner de."
        self._alarm(
            "Slow", queue, "ApproximateAgeOfOldestMessage", LATE, slow
        ).cfn_options.condition = self.by_queue

    def _alarm(
        self, name: str, queue: sqs.CfnQueue, metric: str, threshold: float, meaning: str
    ) -> CfnResource:
        return cloudwatch.CfnAlarm(
            self,
            f"{name}Alarm",
            alarm_name=f"skolkit-partner-{self.partner}-{name.lower()}",
            alarm_description=text(meaning, "partner"),
            namespace="AWS/SQS",
            metric_name=metric,
            dimensions=[cloudwatch.CfnAlarm.DimensionProperty(name="QueueName", value=queue.attr_queue_name)],
            statistic="Maximum",
            period=300,
            evaluation_periods=1,
            threshold=threshold,
            comparison_operator="GreaterThanOrEqualToThreshold",
            treat_missing_data="notBreaching",
            alarm_actions=[base.topic_arn()],
            ok_actions=[base.topic_arn()],
        )


def _sends(queue: sqs.CfnQueue, rule_arn: str) -> iam.PolicyStatement:
    """The bus, for that rule."""
    conditions: dict[str, Any] = {"ArnEquals": {"aws:SourceArn": rule_arn}}
    return iam.PolicyStatement(
        principals=[iam.ServicePrincipal("events.amazonaws.com")],
        actions=["sqs:SendMessage"],
        resources=[queue.attr_arn],
        conditions=conditions,
    )
