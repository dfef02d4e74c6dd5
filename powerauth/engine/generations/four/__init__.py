"""Protocol 4.0: P-384 with ML-KEM and ML-DSA. Key pairs are rows beside the activation."""

from powerauth.engine.generations.base import Generation
from powerauth.engine.generations.four import (
    codes,
    envelopes,
    factor_changes,
    identity,
    key_exchange,
    offline,
    temporary_keys,
    tokens,
    vault,
)
from powerauth.engine.generations.four.stored_keys import NUMBER

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
    factors=factor_changes,
)
