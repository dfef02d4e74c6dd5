"""A back end that speaks in the words of `/rest/v4`, for tests that are written in those of v3."""

import json
from collections.abc import Mapping
from typing import Any

import requests

from tests import wsgi

TREES = ("v3", "v4")
ASKED = {"signatureType": "authenticationCodeType", "signature": "authenticationCode"}
# `signatureType` has two names in answers: one factor pair, or all that are accepted.
ANSWERED = {
    "authenticationCodeTypes": "signatureType",
    "authenticationCodeType": "signatureType",
    "authenticationValid": "signatureValid",
}
_FREE = ("parameters", "additionalData")  # members that people fill with what they like


class SessionV4(requests.Session):
    """Calls `/rest/v4` where a test calls `/rest/v3`, and translates there and back."""

    def request(self, method: Any, url: Any, *args: Any, **options: Any) -> requests.Response:
        if "/rest/v3/" not in str(url):
            return super().request(method, url, *args, **options)
        body = options.get("json")
        members = body.get("requestObject") if isinstance(body, dict) else None
        if isinstance(members, dict):
            here = {ASKED.get(name, name): value for name, value in members.items()}
            options["json"] = {"requestObject": here}
        answer = super().request(method, str(url).replace("/rest/v3/", "/rest/v4/"), **options)
        return _translated(answer)


def session_v4() -> requests.Session:
    """Give a session against the application in this process."""
    made = SessionV4()
    made.trust_env = False
    made.mount(wsgi.BASE_URL, wsgi.session().get_adapter(wsgi.BASE_URL))
    return made


def back(value: Any) -> Any:
    """Translate an answer of `/rest/v4`, in which no word of v3 may be."""
    if isinstance(value, list):
        return [back(one) for one in value]
    if not isinstance(value, Mapping):
        return value
    assert not {"signatureType", "signatureValid"} & set(value), value
    return {
        ANSWERED.get(name, name): inner if name in _FREE else back(inner)
        for name, inner in value.items()
    }


def _translated(answer: requests.Response) -> requests.Response:
    if answer.headers.get("Content-Type") != "application/json":
        return answer
    text = json.dumps(back(answer.json()))
    for there, here in ASKED.items():
        text = text.replace(f"requestObject.{here} -", f"requestObject.{there} -")
    answer._content = text.encode()
    return answer
