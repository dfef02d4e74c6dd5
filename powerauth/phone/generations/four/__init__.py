"""Protocol 4.0: P-384 with ML-KEM and ML-DSA, in the suite of the phone."""

from powerauth.phone.generations.base import Generation
from powerauth.phone.generations.four import (
    codes,
    envelopes,
    factors,
    key_exchange,
    offline,
    statuses,
    temporary_keys,
    vault,
)

GENERATION = Generation(
    number=4,
    base_path="/pa/v4",
    validation="auth/validate",
    codes=codes,
    temporary_keys=temporary_keys,
    envelopes=envelopes,
    key_exchange=key_exchange,
    statuses=statuses,
    vault=vault,
    factors=factors,
    offline=offline,
)
