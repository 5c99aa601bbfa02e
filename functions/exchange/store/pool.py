"""The user pool's side of a client: its app clients, which alone hold the secrets. What an app client may is
set whole each time, since Cognito forgets what an update does not say.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from skolkit.aws import client
from skolkit.config import user_pool
from skolkit.errors import Busy

MINUTES = 60  # how long a token holds; a stopped client is refused at once all the same


def create(client_id: str, scopes: Sequence[str]) -> tuple[str, str]:
    """A new app client: its OAuth2 client id and its secret, which is told this once. One call. Raises
    `Busy`.
    """
    try:
        made = client("cognito-idp").create_user_pool_client(
            GenerateSecret=True, **_settings(client_id, scopes)
        )
    except (BotoCoreError, ClientError) as error:
        raise Busy from error
    one = made["UserPoolClient"]
    return str(one["ClientId"]), str(one["ClientSecret"])


def settle(credential: str, client_id: str, scopes: Sequence[str]) -> None:
    """Let an app client get tokens for these scopes, and none without any. One call. Raises `Busy`."""
    try:
        client("cognito-idp").update_user_pool_client(ClientId=credential, **_settings(client_id, scopes))
    except client("cognito-idp").exceptions.ResourceNotFoundException:
        return  # deleted by hand: it gets no tokens either
    except (BotoCoreError, ClientError) as error:
        raise Busy from error


def delete(credential: str) -> None:
    """Take an app client and its secret away. One call. Raises `Busy`."""
    try:
        client("cognito-idp").delete_user_pool_client(UserPoolId=user_pool(), ClientId=credential)
    except client("cognito-idp").exceptions.ResourceNotFoundException:
        return
    except (BotoCoreError, ClientError) as error:
        raise Busy from error


def _settings(client_id: str, scopes: Sequence[str]) -> dict[str, Any]:
    return {
        "UserPoolId": user_pool(),
        "ClientName": f"ss12000-{client_id}",
        "ExplicitAuthFlows": ["ALLOW_REFRESH_TOKEN_AUTH"],  # without any it could sign people in
        "WriteAttributes": ["locale"],  # an empty list would let it write every attribute
        "EnableTokenRevocation": True,
        "AccessTokenValidity": MINUTES,
        "TokenValidityUnits": {"AccessToken": "minutes"},
        "AllowedOAuthFlowsUserPoolClient": bool(scopes),
        "AllowedOAuthFlows": ["client_credentials"] if scopes else [],
        "AllowedOAuthScopes": list(scopes),
    }
