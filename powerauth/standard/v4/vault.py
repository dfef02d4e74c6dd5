"""`/pa/v4/vault/unlock`: a key of the phone's vault. Source: protocol-4.md 28."""

from typing import Annotated, Literal, NotRequired, TypedDict

from enrollment_server.api.contract.endpoint import Endpoint
from enrollment_server.api.contract.shapes import Shape
from powerauth.engine.generations.four.vault import UnlockedKey
from powerauth.protocol.v3.vault import REASON_PATTERN
from powerauth.standard import vault
from powerauth.standard.v4.errors import CodeRefused
from powerauth.standard.v4.views import GROUP, View4


class UnlockWish4(TypedDict):
    """Which key a phone wants, and what for."""

    keyIdentifier: Literal["KEK_DEVICE_PRIVATE", "KDK_APP_VAULT_2FA", "KDK_APP_VAULT_KNOWLEDGE"]
    reason: NotRequired[
        Annotated[
            str | None,
            Shape(
                "What for: `SIGN_WITH_DEVICE_PRIVATE_KEY`, or another text.",
                keywords={"pattern": f"^{REASON_PATTERN}$"},
            ),
        ]
    ]


class UnlockVaultView(View4, vault.UnlockVaultView):
    """The code is verified last, by the server that decrypts: one wrong PIN counts once."""

    endpoint = Endpoint(
        tag=GROUP,
        summary="Unlock the vault of the phone",
        description=(
            "The code covers the encrypted body. `KDK_APP_VAULT_KNOWLEDGE` wants "
            "`possession_knowledge`, the others admit `possession_biometry` besides; the bank may "
            "forbid it for `KEK_DEVICE_PRIVATE`."
        ),
        body=UnlockWish4,
        bare=True,
        example={
            "keyIdentifier": "KEK_DEVICE_PRIVATE",
            "reason": "SIGN_WITH_DEVICE_PRIVATE_KEY",
        },
        result=UnlockedKey,
        result_example={"vaultEncryptionKey": "vXqtMVZRZDAgTSoXAwtXYDuJA0GzVZ0lvXqtMVZRZDA="},
        refusals=(CodeRefused,),
    )
