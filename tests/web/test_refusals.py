"""What the server itself refuses is JSON, as everything else is: tested below HTTP."""

import pytest

from enrollment_server.demo.own_server import OwnServer
from tests.web.sockets import ask, get, post, request

pytestmark = pytest.mark.processes

MALFORMED = {"code": "INVALID_REQUEST", "message": "Invalid request object."}
FAILED = {
    "code": "ERROR_GENERIC",
    "message": "Unknown error occurred while processing request.",
}
STATUS = "/rest/v3/status"
CHUNKED = request(
    *("POST", STATUS, "Content-Type: application/json", "Transfer-Encoding: chunked"),
    "Connection: close",
)
BROKEN = [
    (400, b"nonsense\r\n\r\n"),
    (400, b"nonsense\n"),
    (400, b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\n"),
    (400, b"get / HTTP/1.1\r\n\r\n"),
    (400, b"GET / HTTP/9.9\r\n\r\n"),
    (400, b"GET /\xff HTTP/1.1\r\n\r\n"),
    (400, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    (400, request("GET", "/livez", "no colon")),
    (400, request("GET", "/livez", "Bad Name: a")),
    (400, request("GET", "/livez", "Host: second")),
    (400, request("GET", "/livez", "A: b", " folded")),
    (400, b"GET / HTTP/1.1\r\nHost: 127.0.0.1\nA: b\r\n\r\n"),
    (400, request("POST", STATUS, "Content-Length: -1")),
    (400, request("POST", STATUS, "Content-Length: 1", "Content-Length: 1")),
    (400, request("POST", STATUS, "Content-Length: 1", "Transfer-Encoding: chunked")),
    (400, request("POST", STATUS, "Transfer-Encoding: gzip")),
    (400, CHUNKED + b"zz\r\n\r\n"),
    (400, CHUNKED + b"2\r\n{}no line end\r\n0\r\n\r\n"),
    (414, request("GET", "/" + "a" * 5000)),
    (414, b"GET /" + b"a" * 50_000),
    (417, request("POST", STATUS, "Expect: a miracle")),
    (431, request("GET", "/livez", "A: " + "a" * 9000)),
    (431, request("GET", "/livez", *[f"A{number}: b" for number in range(100)])),
    (431, request("GET", "/livez", *[f"A{number}: b" for number in range(9000)])[:-2]),
    (501, request("POST", STATUS, "Transfer-Encoding: rot13")),
]


@pytest.mark.parametrize(("status", "sent"), BROKEN)
def test_broken_request_is_answered_in_json(server: OwnServer, status: int, sent: bytes) -> None:
    answer = ask(server, sent)
    assert answer.status == status
    assert "Content-Type: application/json" in answer.head
    assert "Connection: close" in answer.head
    assert f"Content-Length: {len(answer.body)}" in answer.head
    assert answer.json == {"status": "ERROR", "responseObject": MALFORMED}


def test_log_tells_the_reason_and_nothing_of_the_request(server: OwnServer) -> None:
    ask(server, request("GET", "/livez", "Authorization secret-of-somebody"))
    assert ask(server, get("/livez")).status == 200
    said = "\n".join(server.output)
    assert "request refused with 400: InvalidHeader" in said
    assert "secret-of-somebody" not in said
    assert "Traceback" not in said


def test_body_in_a_flood_of_chunks_is_refused(server: OwnServer) -> None:
    answer = ask(server, CHUNKED + b"1\r\na\r\n" * 200_000)
    assert (answer.status, answer.json["responseObject"]) == (413, FAILED)


@pytest.mark.parametrize("size", [2_000_000, 1024 * 1024 + 1])
def test_long_body_is_refused_with_or_without_a_length(server: OwnServer, size: int) -> None:
    for sent in (
        post(STATUS, b" " * size),
        CHUNKED + b"%x\r\n" % size + b" " * size + b"\r\n0\r\n\r\n",
        request("POST", STATUS, "Content-Type: application/json", f"Content-Length: {size}"),
    ):
        answer = ask(server, sent)
        assert answer.status == 413
        assert answer.json["responseObject"]["code"] == FAILED["code"]


def test_body_up_to_the_limit_is_read(server: OwnServer) -> None:
    body = b'{"requestObject": {}}' + b" " * (1024 * 1024 - 21)
    assert ask(server, post(STATUS, body)).status == 200
    chunks = b"".join(b"1000\r\n" + body[at : at + 4096] + b"\r\n" for at in range(0, 2**20, 4096))
    assert ask(server, CHUNKED + chunks + b"0\r\n\r\n").status == 200


def test_rest_of_a_refused_body_is_no_request(server: OwnServer) -> None:
    smuggled = post("/rest/v3/application/create", b'{"requestObject": {"applicationId": "evil"}}')
    for body in (b"zz\r\n", b"2\r\n{}X\r\n", b"5\r\n{}\r\n0\r\n\r\n"):
        received = ask(server, CHUNKED + body + smuggled)
        assert received.status == 400
        assert received.body.count(b"HTTP/1.1") == 0
    assert b"evil" not in ask(server, post("/rest/v3/application/list", b"{}")).body
