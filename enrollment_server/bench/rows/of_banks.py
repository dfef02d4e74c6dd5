"""What the bank's systems ask."""

import secrets

from enrollment_server.bench.load import http_request
from enrollment_server.bench.rows.row import Cycling
from enrollment_server.bench.signing import USUAL_HEADERS
from powerauth.phone.requests.bodies import to_body


class OperationCreate(Cycling):
    """A payment for one of a thousand users."""

    name, title = "create", "rest/v3/operation/create"

    def request(self, number: int) -> bytes:
        user = self.bank.user("asked", secrets.randbelow(1000))
        url = f"{self.bank.engine_url}/rest/v3/operation/create"
        return http_request("POST", url, USUAL_HEADERS, to_body(self.bank.operation(user)))
