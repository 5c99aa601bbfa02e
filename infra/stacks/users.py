"""The people who sign in and the programs that do: one Cognito user pool, an app client for the phone (code +
PKCE, no secret), one for integrations and one for the telephony provider (client credentials), and the scopes
that operations ask for."""

from __future__ import annotations

from aws_cdk import Aws, CfnOutput, Duration, Fn, RemovalPolicy
from aws_cdk import aws_cognito as cognito
from constructs import Construct

from infra.stacks import base

SCOPES = {
    "school": "Everyday use by pupils, guardians and staff",
    "ss12000.read": "Read by other systems through SS 12000",
    "ss12000.write": "Written by other systems through SS 12000",
    "telephony": "Absence by telephone, for the provider that answers calls and text messages",
}
PRE_TOKEN = ("access", "add_person_claims")


class Users(Construct):
    """`pool` is the user pool; the clients' ids are outputs of the stack."""

    def __init__(self, stack: base.SkolkitStack) -> None:
        super().__init__(stack, "Users")
        self.pool = cognito.UserPool(
            self,
            "Pool",
            user_pool_name="skolkit",
            feature_plan=cognito.FeaturePlan.ESSENTIALS,
            self_sign_up_enabled=False,
            account_recovery=cognito.AccountRecovery.NONE,
            sign_in_aliases=cognito.SignInAliases(username=True),
            # Changed by administrators and the identity provider only: no app client may write them.
            custom_attributes={
                "person": cognito.StringAttribute(mutable=True),
                "aal": cognito.StringAttribute(mutable=True),  # the e-identification's level of assurance
            },
            password_policy=cognito.PasswordPolicy(min_length=12),
            removal_policy=RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
        )
        protected = Fn.condition_if(stack.is_local.logical_id, "INACTIVE", "ACTIVE")
        # By name: the function is in the stack of the access area, which itself needs the pool.
        trigger = {"LambdaVersion": "V2_0", "LambdaArn": base.function_arn(*PRE_TOKEN)}
        base.override(
            self.pool, DeletionProtection=protected, LambdaConfig={"PreTokenGenerationConfig": trigger}
        )
        scopes = {
            name: cognito.ResourceServerScope(scope_name=name, scope_description=text)
            for name, text in SCOPES.items()
        }
        self._server = self.pool.add_resource_server(
            "Scopes",
            identifier="skolkit",
            user_pool_resource_server_name="skolkit",
            scopes=list(scopes.values()),
        )
        self.pool.add_domain(
            "SignIn", cognito_domain=cognito.CognitoDomainOptions(domain_prefix=f"skolkit-{Aws.ACCOUNT_ID}")
        )
        phone = self._phone(stack, scopes["school"])
        integration = self._machine("Integration", "integration", scopes["ss12000.read"])
        telephony = self._machine("Telephony", "telephony", scopes["telephony"])
        CfnOutput(stack, "UserPoolId", value=self.pool.user_pool_id)
        CfnOutput(stack, "PhoneClientId", value=phone.user_pool_client_id)
        CfnOutput(stack, "IntegrationClientId", value=integration.user_pool_client_id)
        CfnOutput(stack, "TelephonyClientId", value=telephony.user_pool_client_id)

    def _phone(self, stack: base.SkolkitStack, scope: cognito.ResourceServerScope) -> cognito.UserPoolClient:
        client = self.pool.add_client(
            "Phone",
            user_pool_client_name="phone",
            generate_secret=False,
            auth_flows=cognito.AuthFlow(user_srp=True),
            prevent_user_existence_errors=True,
            enable_token_revocation=True,
            access_token_validity=Duration.minutes(60),
            id_token_validity=Duration.minutes(60),
            refresh_token_validity=Duration.days(30),
            # An empty list would let the app write every attribute, `custom:person` too.
            write_attributes=cognito.ClientAttributes().with_standard_attributes(locale=True),
            o_auth=cognito.OAuthSettings(
                flows=cognito.OAuthFlows(authorization_code_grant=True),
                scopes=[cognito.OAuthScope.OPENID, cognito.OAuthScope.resource_server(self._server, scope)],
                callback_urls=["skolkit://signed-in"],
                logout_urls=["skolkit://signed-out"],
            ),
        )
        for_development = Fn.condition_if(stack.is_prod.logical_id, Aws.NO_VALUE, "http://localhost")
        base.override(client, CallbackURLs=["skolkit://signed-in", for_development])
        return client

    def _machine(self, id: str, name: str, scope: cognito.ResourceServerScope) -> cognito.UserPoolClient:
        """A client for programs, with one scope."""
        return self.pool.add_client(
            id,
            user_pool_client_name=name,
            generate_secret=True,
            auth_flows=cognito.AuthFlow(),
            enable_token_revocation=True,
            access_token_validity=Duration.minutes(60),
            write_attributes=cognito.ClientAttributes().with_standard_attributes(locale=True),
            o_auth=cognito.OAuthSettings(
                flows=cognito.OAuthFlows(client_credentials=True),
                scopes=[cognito.OAuthScope.resource_server(self._server, scope)],
            ),
        )
