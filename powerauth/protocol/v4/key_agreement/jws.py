"""JWS in JSON with one signature for each algorithm of a suite, as temporary keys are announced.

The general JSON serialisation: one payload, and a list of signatures over it, each behind a
protected header of its own. By hand, because libraries know no ML-DSA.
"""

import json
from collections.abc import Mapping, Sequence

from powerauth.protocol.encoding import b64url
from powerauth.protocol.errors import MacMismatch, MalformedJwt
from powerauth.protocol.jwt import Claims, algorithm_of, decode_binary, decode_part, encode_part
from powerauth.protocol.v4.primitives.signing import SigningAlgorithm

_MAX_LENGTH = 32768  # characters; a genuine one has about 10 000


def sign(claims: dict[str, object], signers: Sequence[tuple[SigningAlgorithm, bytes]]) -> str:
    """Write claims with a signature of every signer.

    Args:
        claims: the content; those that are None are left out.
        signers: algorithms with their private keys.

    Raises:
        MalformedKey: a private key is none of its algorithm.

    Source: protocol-4.md 22.3; checked by temporary-key-v4.
    """
    payload = encode_part(claims)
    signatures = []
    for algorithm, private_key in signers:
        protected = encode_part({"alg": algorithm.label})
        signature = algorithm.sign_jws(private_key, f"{protected}.{payload}".encode())
        signatures.append({"protected": protected, "signature": b64url(signature)})
    content = {"payload": payload, "signatures": signatures}
    return json.dumps(content, separators=(",", ":"))


def verify(text: str, verifiers: Sequence[tuple[SigningAlgorithm, bytes]]) -> Claims:
    """Check every signature and return the claims.

    Args:
        text: serialised JSON object, as received.
        verifiers: algorithms with their public keys; there must be a signature of each of them, and
            no other.

    Raises:
        MalformedJwt: too long, no JWS in JSON, or signatures of other algorithms.
        MacMismatch: a signature does not match.
        MalformedKey: a public key is none of its algorithm.

    Source: protocol-4.md 22.3; checked by temporary-key-v4 and extra-v4 temporary_key_response.
    """
    payload, signatures = _parse(text)
    labels = {algorithm.label for algorithm, _ in verifiers}
    found = {algorithm_of(decode_part(head), labels): (head, sig) for head, sig in signatures}
    if len(found) != len(signatures) or found.keys() != labels:
        raise MalformedJwt("not one signature of each algorithm")
    for algorithm, public_key in verifiers:
        protected, signature = found[algorithm.label]
        signed = f"{protected}.{payload}".encode("ascii")
        if not algorithm.verify_jws(public_key, signed, decode_binary(signature)):
            raise MacMismatch("a signature of the response does not match")
    return Claims(decode_part(payload))


def _parse(text: str) -> tuple[str, list[tuple[str, str]]]:
    if len(text) > _MAX_LENGTH:
        raise MalformedJwt("not a JWS of a usual size")
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        raise MalformedJwt("not JSON") from None
    entries = content.get("signatures") if isinstance(content, Mapping) else None
    if not isinstance(entries, list):
        raise MalformedJwt("no list of signatures")
    signatures = [(_text(entry, "protected"), _text(entry, "signature")) for entry in entries]
    return _text(content, "payload"), signatures


def _text(value: object, name: str) -> str:
    text = value.get(name) if isinstance(value, Mapping) else None
    if not isinstance(text, str) or not text.isascii():
        raise MalformedJwt(f"{name} is not a text of Base64URL")
    return text
