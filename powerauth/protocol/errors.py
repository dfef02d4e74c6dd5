"""Errors of the protocol core.

Callers catch :class:`ProtocolError`. The subclasses serve logs and tests; no answer to a client
tells them apart. No message carries a secret, a key, a code or a piece of the refused input.
"""


class ProtocolError(Exception):
    """Malformed or unauthentic protocol input."""


class UnsupportedVersion(ProtocolError):
    """The protocol version is none of those that this server speaks."""


class MalformedEncoding(ProtocolError):
    """A text is not what its encoding requires (Base64, Base32, number range, lengths)."""


class UnsupportedSuite(ProtocolError):
    """The suite is unknown, not available here, not allowed, or not that of the activation."""


class MalformedKey(ProtocolError):
    """A key or a ciphertext of a key is no valid one of its algorithm."""


class MalformedKeyExchange(ProtocolError):
    """A message of a key exchange lacks a member, or has other parts than its suite."""


class MalformedHeader(ProtocolError):
    """A PowerAuth HTTP header misses a parameter, or carries one of a wrong form."""


class MalformedEnvelope(ProtocolError):
    """An encrypted request or response lacks a member, or has one that its version forbids."""


class MalformedJwt(ProtocolError):
    """A JWS is broken, uses a foreign algorithm, or lacks a claim."""


class MalformedPayload(ProtocolError):
    """An offline payload, a status blob or a client configuration is broken."""


class MacMismatch(ProtocolError):
    """A message authentication code or a signature does not belong to the content."""


class RecordUnreadable(ProtocolError):
    """A stored record cannot be decrypted: unknown key, changed content or foreign context."""


class PlainRecordRefused(RecordUnreadable):
    """A stored record is not encrypted, although there is a key."""
