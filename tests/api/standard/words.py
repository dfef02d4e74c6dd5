"""What an endpoint below `/pa` is called and says, by the version that a phone speaks.

One test of both generations takes its words from here, and its paths from `Phone.path_of`.
"""

from dataclasses import dataclass

from powerauth.protocol.encryptors import Encryptor
from powerauth.protocol.versions import TRAITS
from tests.api.answers import Outcome, refusal
from tests.bank import VERSIONS


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The words of a generation.

    Args:
        validation: the path that checks a code over anything.
        validated: what such a code names as its target.
        no_code: the answer to a wrong code, or to none.
        no_token: the answer to a wrong token, or to none.
        token_secret: bytes.
    """

    validation: str
    validated: str
    no_code: Outcome
    no_token: Outcome
    token_secret: int


_NO_CODE = refusal(401, "ERR_AUTHENTICATION", "POWER_AUTH_SIGNATURE_INVALID")
_WORDS = {
    3: Words(
        validation="/pa/v3/signature/validate",
        validated="/pa/signature/validate",
        no_code=_NO_CODE,
        no_token=_NO_CODE,
        token_secret=16,
    ),
    4: Words(
        validation="/pa/v4/auth/validate",
        validated="/pa/auth/validate",
        no_code=refusal(401, "ERR_AUTHENTICATION", "POWER_AUTH_CODE_INVALID"),
        no_token=refusal(401, "ERR_AUTHENTICATION", "POWER_AUTH_TOKEN_INVALID"),
        token_secret=32,
    ),
}


def words(version: str) -> Words:
    """Give the words for phones of a version."""
    return _WORDS[TRAITS[version].generation]


def sealed_members(version: str) -> set[str]:
    """Name the members of an encrypted answer."""
    traits = TRAITS[version]
    return {
        "encryptedData",
        *(["mac"] if traits.generation == 3 else []),
        *(["nonce"] if traits.response_nonce else []),
        *(["timestamp"] if traits.request_timestamp else []),
    }


def request_members(version: str) -> set[str]:
    """Name the members of an encrypted request, each of which it needs."""
    traits = TRAITS[version]
    return {
        "encryptedData",
        *(["ephemeralPublicKey", "mac"] if traits.generation == 3 else []),
        *(["nonce"] if traits.request_nonce else []),
        *(["timestamp"] if traits.request_timestamp else []),
        *(["temporaryKeyId"] if traits.temporary_key else []),
    }


def other_encryptors(own: Encryptor) -> list[tuple[str, Encryptor]]:
    """List the versions with each encryptor that they have, but for one."""
    return [
        (version, each)
        for version in VERSIONS
        for each in Encryptor
        if each is not own and TRAITS[version].generation in each.generations
    ]
