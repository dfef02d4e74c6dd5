"""Callbacks as the documents show them."""

from typing import Any

from powerauth.integration.applications.callback_answers import Callback, NewCallback

REQUEST: dict[str, Any] = {
    "applicationId": "my-application",
    "name": "core banking",
    "type": "OPERATION_STATUS_CHANGE",
    "callbackUrl": "https://core.bank.example/powerauth",
    "attributes": ["userId", "status", "operationType"],
    "authentication": {
        "httpBasic": {"enabled": True, "username": "powerauth", "password": "7kQv-example"}
    },
    "retentionPeriod": "P30D",
    "initialBackoff": "PT2S",
    "maxAttempts": 10,
}
CALLBACK: Callback = {
    "id": "0b5d3a7e-6f0e-4b0c-8f43-0f6f4a4f1f7d",
    "applicationId": "my-application",
    "name": "core banking",
    "type": "OPERATION_STATUS_CHANGE",
    "callbackUrl": "https://core.bank.example/powerauth",
    "attributes": ["userId", "status", "operationType"],
    "authentication": {
        "certificate": {
            "enabled": False,
            "useCustomKeyStore": False,
            "keyStoreLocation": None,
            "keyStoreContentSet": False,
            "keyStorePasswordSet": False,
            "keyAlias": None,
            "keyPasswordSet": False,
            "useCustomTrustStore": False,
            "trustStoreLocation": None,
            "trustStoreContentSet": False,
            "trustStorePasswordSet": False,
        },
        "httpBasic": {"enabled": True, "username": "powerauth", "passwordSet": True},
        "oauth2": {
            "enabled": False,
            "tokenUri": None,
            "clientId": None,
            "clientSecretSet": False,
            "scope": None,
        },
    },
    "retentionPeriod": "PT720H",
    "initialBackoff": "PT2S",
    "maxAttempts": 10,
}
NEW_CALLBACK: NewCallback = {
    **CALLBACK,
    "signingSecret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwUTgvmhhVzzE=",
}
BY_ID = {"id": CALLBACK["id"]}
