"""Examples for the documents of the methods that only `/rest/v4` has; keys and codes are made up.

Those of methods that both trees have follow from the ones of `/rest/v3`.
"""

from typing import Any

from powerauth.integration.cryptography import examples
from powerauth.integration.cryptography.answers import EncryptedAnswer
from powerauth.integration.v4 import words

ACTIVATION_ID = examples.ACTIVATION_ID
APPLICATION_KEY = examples.APPLICATION_KEY
BY_ID = {"activationId": ACTIVATION_ID}
DATA = "Y29udHJhY3Q="
ECDSA_SIGNATURE = "MEUCIQDxFbS1lKp2SbVq2Yv6y0nJ"
MLDSA_SIGNATURE = "bm90IGEgcmVhbCBzaWduYXR1cmU="
COMPACT_JWS = "eyJhbGciOiJFUzM4NCJ9.Y29udHJhY3Q.c2lnbmF0dXJl"
SECRET = examples.MAC
PARAMETERS = ("applicationKey", "temporaryKeyId", "nonce", "timestamp", "protocolVersion")
SEALED: dict[str, Any] = words.example(examples.VERSIONED_ENVELOPE) or {}
SEALED_ANSWER: Any = words.answered(EncryptedAnswer).of(examples.ENCRYPTED_ANSWER)
