"""Bodies of requests: JSON bytes as the phone sends them."""

import json


def to_json_bytes(payload: object) -> bytes:
    """Encode a payload as compact JSON; bytes stay as they are."""
    if isinstance(payload, bytes):
        return payload
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()


def to_body(payload: object) -> bytes:
    """Wrap a payload as ``requestObject``; bytes stay as they are. Source: protocol.md 0.3."""
    if isinstance(payload, bytes):
        return payload
    return to_json_bytes({"requestObject": payload})
