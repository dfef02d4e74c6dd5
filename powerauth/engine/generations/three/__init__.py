"""Protocol 3.0 to 3.3: P-256, AES and HMAC-SHA256. Keys are in the activation's own columns."""

from powerauth.engine.generations.base import Generation
from powerauth.engine.generations.three import (
    codes,
    envelopes,
    identity,
    key_exchange,
    offline,
    temporary_keys,
    tokens,
    vault,
)
from powerauth.engine.generations.three.stored_keys import NO_KEYS, NUMBER

__all__ = ["GENERATION", "NO_KEYS"]

GENERATION = Generation(
    number=NUMBER,
    codes=codes,
    envelopes=envelopes,
    temporary_keys=temporary_keys,
    key_exchange=key_exchange,
    identity=identity,
    vault=vault,
    offline=offline,
    tokens=tokens,
)
