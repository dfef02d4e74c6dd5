"""The text that a build of an app is configured with: protocol-4.md 20.1."""

from collections.abc import Mapping

from powerauth.models import ApplicationVersion
from powerauth.protocol.encoding import b64d
from powerauth.protocol.mobile_sdk_config import MobileSdkConfig
from powerauth.protocol.v4.application_keys import configured_keys
from powerauth.protocol.v4.primitives.signing import ECDSA_P256


def text_of(version: ApplicationVersion, master_public_keys: Mapping[str, bytes]) -> str:
    """Write the configuration of a version with all master keys of its application.

    Args:
        master_public_keys: what `master_keys.public_keys` gives.
    """
    keys = configured_keys(master_public_keys)
    first = keys.pop(ECDSA_P256.configuration_id)
    return MobileSdkConfig(
        application_key=b64d(version.application_key),
        application_secret=b64d(version.application_secret),
        master_public_key=first,
        further_master_keys=keys,
    ).to_text()
