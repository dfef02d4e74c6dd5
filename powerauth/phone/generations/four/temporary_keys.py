"""Temporary keys of version 4.0: secrets of phone and server. Source: protocol-4.md 22."""

from powerauth.phone.core import PhoneCore
from powerauth.phone.errors import distrusting
from powerauth.phone.generations.key_requests import (
    ask,
    new_challenge,
    require_answer_to,
    scope_id,
)
from powerauth.phone.generations.values import TemporarySecret
from powerauth.protocol.encryptors import Scope
from powerauth.protocol.v4.application_keys import master_keys_of, signers_of
from powerauth.protocol.v4.key_agreement.shared_secret import Offer
from powerauth.protocol.v4.key_agreement.temporary_key import (
    TemporaryKeyRequest,
    sign_request,
    verify_response,
)
from powerauth.protocol.v4.keys import application_temporary_key
from powerauth.protocol.v4.primitives.signing import SigningAlgorithm

PATH = "/pa/v4/keystore/create"


def fetch(phone: PhoneCore, scope: Scope) -> TemporarySecret:
    """Agree on a key with the server, which signs by all keys of the suite.

    Source: protocol-4.md 22.1, 22.3.
    """
    offer, verifiers = Offer.generate(phone.suite), _verifiers(phone, scope)
    asked = TemporaryKeyRequest(
        application_key=phone.application_key,
        activation_id=scope_id(phone, scope),
        challenge=new_challenge(),
        shared_secret=offer.request,
    )
    jwt = ask(phone, PATH, sign_request(asked, key=_mac_key(phone, scope)))
    with distrusting("temporary key"):
        told = verify_response(jwt, verifiers)
        secret = offer.accept(told.shared_secret)
    require_answer_to(asked, told)
    return TemporarySecret(
        key_id=told.key_id,
        activation_id=told.activation_id,
        secret=secret,
        issued_at_ms=told.issued_at_ms,
        expires_at_ms=told.expires_at_ms,
    )


def _mac_key(phone: PhoneCore, scope: Scope) -> bytes:
    if scope is Scope.APPLICATION:
        return application_temporary_key(phone.application_secret)
    return phone.enrolment_4.utility_keys.temporary_key


def _verifiers(phone: PhoneCore, scope: Scope) -> list[tuple[SigningAlgorithm, bytes]]:
    if scope is Scope.APPLICATION:
        return signers_of(phone.suite, master_keys_of(phone.config))
    return phone.enrolment_4.server_keys.by_algorithm(phone.suite)
