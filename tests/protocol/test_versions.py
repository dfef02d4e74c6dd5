import dataclasses

import pytest

from powerauth.protocol.errors import UnsupportedVersion
from powerauth.protocol.versions import (
    GENERATION_3,
    GENERATION_4,
    SUPPORTED_VERSIONS,
    TRAITS,
    SignatureFormat,
    VersionTraits,
    traits_of,
)


def test_four_versions_are_supported() -> None:
    assert SUPPORTED_VERSIONS == ("3.0", "3.1", "3.2", "3.3")
    assert tuple(TRAITS) == (*SUPPORTED_VERSIONS, "4.0")
    assert all(TRAITS[version].version == version for version in TRAITS)


def test_generation_is_the_major_version() -> None:
    assert all(traits.generation == int(version[0]) for version, traits in TRAITS.items())


def test_caller_says_which_generations_it_serves() -> None:
    both = GENERATION_3 | GENERATION_4
    assert traits_of("4.0", GENERATION_4) is traits_of("4.0", both) is TRAITS["4.0"]
    assert traits_of("3.3", both) is traits_of("3.3") is TRAITS["3.3"]
    for version, generations in (("4.0", GENERATION_3), ("3.3", GENERATION_4)):
        with pytest.raises(UnsupportedVersion):
            traits_of(version, generations)


@pytest.mark.parametrize(
    "version", ["", "3", "3.4", "2.1", "4", "4.0", "4.1", "3.0 ", "3.3,", "\uff13.3"]
)
def test_refuse_other_versions(version: str) -> None:
    with pytest.raises(UnsupportedVersion):
        traits_of(version)


@pytest.mark.parametrize(
    ("trait", "since"),
    [
        ("request_nonce", "3.1"),
        ("status_challenge", "3.1"),
        ("request_timestamp", "3.2"),
        ("response_nonce", "3.2"),
        ("version_in_shared_info", "3.2"),
        ("bound_parameters", "3.2"),
        ("token_digest_includes_version", "3.2"),
        ("replay_checked", "3.2"),
        ("temporary_key", "3.3"),
    ],
)
def test_trait_holds_since_its_version(trait: str, since: str) -> None:
    held = [version for version in SUPPORTED_VERSIONS if getattr(TRAITS[version], trait)]
    assert held == [version for version in SUPPORTED_VERSIONS if version >= since]


def test_only_the_oldest_version_signs_in_decimal() -> None:
    formats = [TRAITS[version].signature_format for version in SUPPORTED_VERSIONS]
    assert formats == [SignatureFormat.DECIMAL] + [SignatureFormat.BASE64] * 3


def test_traits_are_constant() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        traits_of("3.0").request_nonce = True  # type: ignore[misc]  # that is what fails
    assert isinstance(traits_of("3.0"), VersionTraits)
