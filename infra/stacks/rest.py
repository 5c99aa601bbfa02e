"""The area's REST API: every route from the operations, reads to one function and writes to another, who is
let in by the operation's scope, and refusals of the gateway's own in the same form as ours."""

from __future__ import annotations

import json

from aws_cdk import Aws, CfnCondition, CfnOutput, CfnParameter, Fn
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs

from infra.stacks import base
from skolkit.http import Api
from skolkit.openapi import Document, gateway_document

STAGE = "live"
RATE, BURST = 200, 400  # requests a second, per area
OPEN_RATE, OPEN_BURST = 20, 60  # of what is open to all
_ACCESS = {
    # The path is the pattern, not what was asked for: no ids, no query, and no address of the caller.
    "request": "$context.requestId", "at": "$context.requestTime", "method": "$context.httpMethod",
    "path": "$context.resourcePath", "status": "$context.status", "ms": "$context.responseLatency",
    "client": "$context.authorizer.claims.client_id", "refused": "$context.error.responseType",
}  # fmt: skip
_REFUSALS = {
    "UNAUTHORIZED": ("401", "unauthenticated", "Du är inte inloggad. · You are not signed in."),
    "MISSING_AUTHENTICATION_TOKEN": (
        "404", "not-found", "Det finns inget att visa här. · There is nothing to show here."
    ),
    "ACCESS_DENIED": ("403", "forbidden", "Du får inte göra det här. · You may not do this."),
    "THROTTLED": ("429", "too-many", "För många frågor på en gång. · Too many requests at once."),
    "DEFAULT_4XX": ("", "refused", "Begäran gick inte att ta emot. · The request was refused."),
    "DEFAULT_5XX": ("", "unexpected", "Något gick fel hos oss. · Something went wrong on our side."),
}  # fmt: skip


def build(
    stack: base.SkolkitStack, api: Api, reader: lambda_.Function, writer: lambda_.Function
) -> apigateway.SpecRestApi:
    """The API `skolkit-<area>` under `/<area>` of the one address, or one beside it under its own path."""
    own = "standard-" if api.beside else ""
    document = gateway_document(api, lambda writes: _integration(writer if writes else reader), _authorizer())
    refusals = {kind: _refusal(kind, standard=bool(own)) for kind in _REFUSALS}
    document["x-amazon-apigateway-gateway-responses"] = refusals
    name = f"skolkit-{api.area}-standard" if api.beside else f"skolkit-{api.area}"
    log = stack.log_group(f"{own}api-log", f"/aws/apigateway/{name}")
    group = logs.LogGroup.from_log_group_name(stack, f"{own}api-log-group", log.ref)
    rest = apigateway.SpecRestApi(
        stack,
        f"{own}api",
        rest_api_name=name,
        description=api.title,
        api_definition=apigateway.ApiDefinition.from_inline(document),
        endpoint_types=[apigateway.EndpointType.REGIONAL],
        mode=apigateway.RestApiMode.OVERWRITE,
        fail_on_warnings=True,
        cloud_watch_role=False,
        deploy_options=apigateway.StageOptions(
            stage_name=STAGE,
            throttling_rate_limit=RATE,
            throttling_burst_limit=BURST,
            method_options={
                f"{operation.path}/{operation.method}": apigateway.MethodDeploymentOptions(
                    throttling_rate_limit=OPEN_RATE,
                    throttling_burst_limit=OPEN_BURST,
                    metrics_enabled=True,
                    data_trace_enabled=False,
                )
                for operation in api.operations
                if operation.scope is None
            },
            metrics_enabled=True,
            tracing_enabled=True,
            access_log_destination=apigateway.LogGroupLogDestination(group),
            access_log_format=apigateway.AccessLogFormat.custom(json.dumps(_ACCESS)),
        ),
    )
    _embedded_refusals(stack, rest, own, refusals)
    for function, methods in ((reader, "GET"), (writer, "*")):
        function.add_permission(
            f"{own}gateway",
            principal=iam.ServicePrincipal("apigateway.amazonaws.com"),
            source_arn=base.arn("execute-api", f"{rest.rest_api_id}/{STAGE}/{methods}/*"),
        )
    apigateway.CfnBasePathMapping(
        stack,
        f"{own}path",
        domain_name=Fn.import_value(base.DOMAIN_EXPORT),
        base_path=api.base,
        rest_api_id=rest.rest_api_id,
        stage=rest.deployment_stage.stage_name,
    )
    if api.beside:
        _own_host(stack, rest, api.base)
    return rest


def _own_host(stack: base.SkolkitStack, rest: apigateway.SpecRestApi, path: str) -> None:
    """The standard's API also at the root of a host of its own, for clients that drop its path, where the
    municipality has given it one.
    """
    name = CfnParameter(
        stack, "StandardHost", default="", description="A host for SS 12000 alone; empty for none."
    )
    certificate = CfnParameter(
        stack,
        "StandardCertificateArn",
        default="",
        description="Certificate in ACM for StandardHost; not used locally.",
    )
    given = CfnCondition(
        stack,
        "HasStandardHost",
        expression=Fn.condition_not(Fn.condition_equals(name.value_as_string, "")),
    )
    host = apigateway.CfnDomainName(
        stack,
        "standard-host",
        domain_name=name.value_as_string,
        regional_certificate_arn=Fn.condition_if(
            stack.is_aws.logical_id, certificate.value_as_string, Aws.NO_VALUE
        ).to_string(),
        endpoint_configuration=apigateway.CfnDomainName.EndpointConfigurationProperty(types=["REGIONAL"]),
        security_policy="TLS_1_2",
    )
    host.cfn_options.condition = given
    for id, where in (("standard-root", None), ("standard-kept", path)):
        mapping = apigateway.CfnBasePathMapping(
            stack,
            id,
            domain_name=host.ref,
            base_path=where,
            rest_api_id=rest.rest_api_id,
            stage=rest.deployment_stage.stage_name,
        )
        mapping.cfn_options.condition = given
    target = CfnOutput(
        stack, "StandardHostTarget", value=host.attr_regional_domain_name, description="Point DNS here."
    )
    target.condition = given


def _integration(function: lambda_.Function) -> Document:
    invoke = f"lambda:path/2015-03-31/functions/{function.function_arn}/invocations"
    return {
        "type": "aws_proxy",
        "httpMethod": "POST",
        "passthroughBehavior": "when_no_match",
        "uri": f"arn:{Aws.PARTITION}:apigateway:{Aws.REGION}:{invoke}",
    }


def _authorizer() -> Document:
    return {
        "type": "apiKey",
        "name": "Authorization",
        "in": "header",
        "x-amazon-apigateway-authtype": "cognito_user_pools",
        "x-amazon-apigateway-authorizer": {
            "type": "cognito_user_pools",
            "providerARNs": [Fn.import_value(base.POOL_EXPORT)],
        },
    }


def _refusal(name: str, *, standard: bool) -> Document:
    """As the functions write it: problem+json, or what SS 12000 says; the gateway knows no language, so it
    says both.
    """
    status, code, title = _REFUSALS[name]
    body: Document = {"type": f"urn:skolkit:problem:{code}", "title": title}
    body |= {"status": int(status)} if status else {}
    if standard:
        body = {"code": code, "message": title}
    headers = {
        "Content-Type": "application/json" if standard else "application/problem+json",
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return {
        **({"statusCode": status} if status else {}),
        "responseParameters": {f"gatewayresponse.header.{key}": f"'{text}'" for key, text in headers.items()},
        "responseTemplates": {"application/json": json.dumps(body, ensure_ascii=False)},
    }


def _embedded_refusals(
    stack: base.SkolkitStack, rest: apigateway.SpecRestApi, own: str, refusals: dict[str, Document]
) -> None:
    """The same again as resources: the embedded API Gateway does not read them from the document."""
    base.acknowledge(stack, "W3660", "The resources exist in the embedded AWS only.")
    made = []
    for name, given in refusals.items():
        resource = apigateway.CfnGatewayResponse(
            stack,
            f"{own}refusal-{name}",
            rest_api_id=rest.rest_api_id,
            response_type=name,
            status_code=given.get("statusCode"),
            response_parameters=given["responseParameters"],
            response_templates=given["responseTemplates"],
        )
        resource.cfn_options.condition = stack.is_embedded
        made.append(resource.ref)
    # The deployment must come after them; DependsOn takes no condition, a reference does.
    text = Fn.condition_if(stack.is_embedded.logical_id, Fn.join(" ", made), "The area's operations")
    assert rest.latest_deployment
    base.override(rest.latest_deployment, Description=text)
