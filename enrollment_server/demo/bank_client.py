"""The bank's back end in the demo: a client of the integration API, and of a Push Server."""

from collections.abc import Mapping, Sequence
from typing import Any

import requests

TIMEOUT_S = 30.0


class BankRefused(Exception):
    """The integration API refused a call."""


class BankClient:
    """Calls `/rest/v3`, `/push` and `/inbox` as a bank's systems do: integration-api.md 1.1."""

    def __init__(self, base_url: str, session: requests.Session) -> None:
        """Remember the server, such as ``http://127.0.0.1:8000/enrollment-server``."""
        self._base_url = base_url
        self._session = session

    def call(self, method: str, **arguments: object) -> Any:
        """Call a method, such as ``activation/init``, and give its result.

        Raises:
            BankRefused: the answer is an error; its code is named.
            requests.RequestException: no answer came.
        """
        return self.post(f"rest/v3/{method}", arguments)

    def post(self, path: str, members: Mapping[str, object] | Sequence[str]) -> Any:
        """Call by a path, such as ``inbox/messages``: push-and-inbox.md 7; raises as `call`."""
        return self._ask("POST", path, {"requestObject": members})

    def get(self, path: str) -> Any:
        """Look by a path; raises as `call`."""
        return self._ask("GET", path)

    def _ask(self, method: str, path: str, sent: Mapping[str, object] | None = None) -> Any:
        url = f"{self._base_url}/{path}"
        response = self._session.request(method, url, json=sent, timeout=TIMEOUT_S)
        body = response.json()
        if body.get("status") != "OK":
            code = body.get("responseObject", {}).get("code")
            raise BankRefused(f"{path} was refused: HTTP {response.status_code}, {code}")
        return body.get("responseObject")
