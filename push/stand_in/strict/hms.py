"""What Huawei refuses, and by which code: the reference of `messages:send`."""

import json
import re
from typing import Any

from push.stand_in.strict import shapes

MAX_PAYLOAD = 4096
WRONG_PARAMETER = "80100001"
WRONG_STRUCTURE = "80100003"
ALL_TOKENS_INVALID = "80300007"
TOO_LONG = "80300008"
TOO_MANY_TOKENS = "80300010"
_TOKEN = re.compile("[A-Za-z0-9_-]{20,512}")
_MAX_TTL_S = 15 * 86_400


def _ttl(value: Any) -> bool:
    return shapes.like(r"\d{1,7}s?")(value) and 1 <= int(value.rstrip("s")) <= _MAX_TTL_S


_NOTIFICATION: shapes.Shape = {
    **dict.fromkeys(
        ("title", "body", "icon", "sound", "tag", "title_loc_key", "body_loc_key"), shapes.text
    ),
    **dict.fromkeys(("title_loc_args", "body_loc_args"), shapes.texts),
    "importance": shapes.one_of("LOW", "NORMAL", "HIGH"),
    "click_action": lambda value: (
        isinstance(value, dict) and shapes.within(1, 3)(value.get("type"))
    ),
}
_ANDROID: shapes.Shape = {
    "collapse_key": shapes.within(-1, 100),
    "ttl": _ttl,
    "notification": lambda value: shapes.wrong_member(value, _NOTIFICATION) is None,
}
_MESSAGE: shapes.Shape = {
    "token": shapes.texts,
    "data": shapes.text,
    "android": lambda value: shapes.wrong_member(value, _ANDROID) is None,
}
_REQUEST: shapes.Shape = {
    "message": lambda value: isinstance(value, dict),
    "validate_only": shapes.one_of(True, False),
}


def refusal(request: Any) -> str | None:
    """Give the code to refuse a request with; None for one that is taken."""
    if shapes.wrong_member(request, _REQUEST) is not None or "message" not in request:
        return WRONG_STRUCTURE
    message = request["message"]
    if shapes.wrong_member(message, _MESSAGE) is not None:
        return WRONG_PARAMETER
    shown = message.get("android", {}).get("notification")
    if shown is None and "data" not in message:
        return WRONG_STRUCTURE
    if shown is not None and not _is_complete(shown):
        return WRONG_PARAMETER
    rest = {name: value for name, value in message.items() if name != "token"}
    if len(json.dumps(rest, ensure_ascii=False, separators=(",", ":")).encode()) > MAX_PAYLOAD:
        return TOO_LONG
    return _tokens(message.get("token", []))


def _tokens(tokens: list[str]) -> str | None:
    if not 1 <= len(tokens) <= 1000:
        return TOO_MANY_TOKENS
    return None if any(_TOKEN.fullmatch(token) for token in tokens) else ALL_TOKENS_INVALID


def _is_complete(shown: dict[str, Any]) -> bool:
    """Tell whether a notification says what to show and what a click does."""
    titled = {"title", "title_loc_key"} & shown.keys()
    told = {"body", "body_loc_key"} & shown.keys()
    return bool(titled and told and "click_action" in shown)
