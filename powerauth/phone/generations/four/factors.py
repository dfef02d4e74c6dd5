"""PIN and biometry of version 4.0: the server agrees on new keys. Source: protocol-4.md 25.

The key of a new PIN waits beside the current one until the server has agreed to a code with it: to
the user the PIN is changed then, and an answer that is lost may hide on which side the server is.
"""

from powerauth.phone.enrolments import NO_KEY, Enrolment4
from powerauth.phone.errors import distrusting
from powerauth.phone.generations.channels import Channel, OwnersChannel
from powerauth.phone.pin import lock_at_random
from powerauth.phone.requests.answers import decrypted_object, require_ok
from powerauth.phone.requests.transport import Answer
from powerauth.protocol.encryptors import Encryptor
from powerauth.protocol.signed_request import SignatureType
from powerauth.protocol.v4.key_agreement.shared_secret import Offer, SharedSecretResponse

BASE_PATH = "/pa/v4"

_PIN, _BIOMETRY = SignatureType.POSSESSION_KNOWLEDGE, SignatureType.POSSESSION_BIOMETRY


def change_pin(phone: OwnersChannel, old: str, new: str) -> None:
    """Agree on a new knowledge key, and prove it. Source: protocol-4.md 25.1.

    A change that was cut off is finished first: only the server knows whether it has taken the new
    key over, and it tells by a code with that key. If it has not, the old one is still right.
    """
    if phone.enrolment_4.next_knowledge_locked:
        phone.status()
        if _prove_pin(phone, new).ok:
            return
    secret = _agree(phone, "password/change", Encryptor.CHANGE_PASSWORD, old)
    phone.keep(phone.enrolment_4.with_next_knowledge(phone.pin_keys.lock(new, secret)))
    # From here on the server may know the new key only.
    phone.checkpoint()
    require_ok(_prove_pin(phone, new))


def add_biometry(phone: OwnersChannel, pin: str) -> None:
    """Agree on a biometry key, and prove it. Source: protocol-4.md 25.2."""
    secret = _agree(phone, "biometry/add", Encryptor.ADD_BIOMETRY, pin)
    # Right from now on, whether the server takes it over or keeps the former one beside it.
    phone.keep(phone.enrolment_4.with_biometry(lock_at_random(secret)))
    phone.checkpoint()
    require_ok(_prove(phone, "CONFIRM_BIOMETRY_ADD", phone.enrolment_4, _BIOMETRY))


def remove_biometry(phone: Channel) -> None:
    """Turn biometry off on the server, and forget the key. Source: protocol-4.md 25.2."""
    answer = phone.signed_post(
        f"{BASE_PATH}/biometry/remove",
        {},
        resource_id="/pa/biometry/remove",
        factors=SignatureType.POSSESSION,
    )
    require_ok(answer)
    phone.keep(phone.enrolment_4.without_biometry())


def _agree(phone: Channel, name: str, encryptor: Encryptor, pin: str) -> bytes:
    """Agree on the key of a factor, 32 bytes. Trap 17 of protocol-4.md 37."""
    offer = Offer.generate(phone.enrolment_4.suite)
    answered = phone.encrypted_post(
        f"{BASE_PATH}/{name}",
        offer.request.to_json(),
        encryptor=encryptor,
        sign=(f"/pa/{name}", _PIN, pin),
        sign_encrypted=True,
    )
    with distrusting("new key"):
        return offer.accept(SharedSecretResponse.parse(decrypted_object(*answered)))


def _prove_pin(phone: Channel, pin: str) -> Answer:
    own = phone.enrolment_4
    proving = own.with_knowledge(own.next_knowledge).with_next_knowledge(NO_KEY)
    return _prove(phone, "CONFIRM_NEW_PASSWORD", proving, _PIN, pin)


def _prove(
    phone: Channel, reason: str, own: Enrolment4, factors: SignatureType, pin: str | None = None
) -> Answer:
    """Make a code with new keys; what made them is the activation as soon as the server agrees."""
    answer = phone.signed_post(
        f"{BASE_PATH}/auth/validate",
        {"reason": reason},
        resource_id="/pa/auth/validate",
        factors=factors,
        pin=pin,
        own=own,
    )
    phone.checkpoint()
    return answer
