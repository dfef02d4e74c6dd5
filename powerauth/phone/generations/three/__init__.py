"""Protocol 3: P-256, with temporary keys from 3.3 on. Differences of its versions are traits."""

from powerauth.phone.generations.base import Generation
from powerauth.phone.generations.three import (
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
    number=3,
    base_path="/pa/v3",
    validation="signature/validate",
    codes=codes,
    temporary_keys=temporary_keys,
    envelopes=envelopes,
    key_exchange=key_exchange,
    statuses=statuses,
    vault=vault,
    factors=factors,
    offline=offline,
)
