"""Temporary keys of version 3.3: key pairs of the server. Source: protocol.md 6."""

from powerauth.phone.core import PhoneCore
from powerauth.phone.errors import distrusting
from powerauth.phone.generations.key_requests import (
    ask,
    new_challenge,
    require_answer_to,
    scope_id,
)
from powerauth.protocol.encryptors import Scope
from powerauth.protocol.v3.temporary_key import (
    TemporaryKey,
    TemporaryKeyRequest,
    request_secret,
    sign_request,
    verify_response,
)

PATH = "/pa/v3/keystore/create"


def fetch(phone: PhoneCore, scope: Scope) -> TemporaryKey:
    """Ask for a key, and check its answer. Source: protocol.md 6.1, 6.3."""
    asked = TemporaryKeyRequest(
        application_key=phone.application_key,
        activation_id=scope_id(phone, scope),
        challenge=new_challenge(),
    )
    transport_key = phone.enrolment_3.transport_key if scope is Scope.ACTIVATION else None
    secret = request_secret(phone.application_secret, transport_key)
    jwt = ask(phone, PATH, sign_request(asked, secret=secret))
    with distrusting("temporary key"):
        key = verify_response(jwt, lasting_key(phone, scope))
    require_answer_to(asked, key)
    return key


def lasting_key(phone: PhoneCore, scope: Scope) -> bytes:
    """Give the key that proves temporary keys, and receives requests where there are none."""
    if scope is Scope.APPLICATION:
        return phone.config.master_public_key
    return phone.enrolment_3.server_public_key
