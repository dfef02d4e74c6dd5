"""PIN and biometry of version 3: the keys stay, and the phone locks them in another way.

The server only helps: it tells whether the PIN was right, which the phone cannot know, and gives
out the key of the vault, from which the biometry key follows once more.
"""

from powerauth.phone.errors import distrusting
from powerauth.phone.generations.channels import Channel, OwnersChannel
from powerauth.phone.pin import lock_at_random, unlock_key
from powerauth.phone.requests.answers import require_ok
from powerauth.protocol.keys import derive_activation_keys, master_secret
from powerauth.protocol.signed_request import SignatureType
from powerauth.protocol.v3.vault import decrypt_device_key


def change_pin(phone: OwnersChannel, old: str, new: str) -> None:
    """Lock the knowledge key by another PIN, after the server agreed to the old one."""
    answer = phone.signed_post(
        "/pa/v3/signature/validate",
        b"",
        resource_id="/pa/signature/validate",
        factors=SignatureType.POSSESSION_KNOWLEDGE,
        pin=old,
    )
    require_ok(answer)
    own = phone.enrolment_3
    key = unlock_key(phone.pin_keys.key_of(old, own.pin_salt), own.knowledge_locked)
    phone.keep(own.with_knowledge(phone.pin_keys.lock(new, key)))


def add_biometry(phone: OwnersChannel, pin: str) -> None:
    """Derive the biometry key from the device's key in the vault. Source: protocol.md 2.1, 10.2."""
    vault_key = phone.unlock_vault(pin, "ADD_BIOMETRY")
    own = phone.enrolment_3
    with distrusting("vault key"):
        private_key = decrypt_device_key(vault_key, own.device_key_locked)
        keys = derive_activation_keys(master_secret(private_key, own.server_public_key))
    phone.keep(own.with_biometry(lock_at_random(keys.biometry)))


def remove_biometry(phone: Channel) -> None:
    """Forget the biometry key; the server does not notice."""
    phone.keep(phone.enrolment_3.without_biometry())
