"""Wrong answers of another server, by what is wrong with them."""

import pytest

from tests.remote.fault_server import (
    Behaviour,
    answer,
    dripping,
    json_answer,
    raw,
    refusal,
    result,
    silent,
)

WITHOUT_RESULT: dict[str, Behaviour] = {
    "no object": json_answer(200, {"status": "OK"}),
    "null": result(None),
    "an empty object": result({}),
    "a number": result(7),
}
"""Right answers of methods that have no result."""
FAULTS: dict[str, Behaviour] = {
    "HTML": answer(200, b"<html>It works!</html>", "Content-Type: text/html"),
    "HTML of a failure": answer(502, b"<html>Bad gateway</html>", "Content-Type: text/html"),
    "failure": json_answer(500, {"timestamp": 1, "status": 500, "error": "Internal", "path": "/"}),
    "busy": answer(503, b""),
    "not found": json_answer(404, {"status": "ERROR", "responseObject": {"code": "ERR0009"}}),
    "wrong credentials": json_answer(
        401, {"status": "ERROR", "responseObject": {"code": "ERR_AUTHENTICATION"}}
    ),
    "redirect": answer(302, b"", "Location: http://127.0.0.1:1/"),
    "nothing": answer(200, b""),
    "a list": json_answer(200, []),
    "a text": json_answer(200, "OK"),
    "no status": json_answer(200, {"responseObject": {}}),
    "an error that is none": json_answer(200, {"status": "ERROR", "responseObject": {}}),
    "a success that is none": json_answer(400, {"status": "OK", "responseObject": {}}),
    **WITHOUT_RESULT,
    "unknown code": refusal("ERR9999"),
    "code of another kind": refusal(["ERR0009"]),
    "malformed request": refusal("ERROR_HTTP_REQUEST"),
    "half an answer": raw(b'HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{"status":"OK"'),
    "half a head": raw(b"HTTP/1.1 200 OK\r\nContent-Le"),
    "no HTTP": raw(b"SSH-2.0-OpenSSH_9.0\r\n"),
    "no answer": raw(b""),
    "not UTF-8": answer(200, b'{"status":"\xff"}'),
    "deep": answer(200, b"[" * 5000),
}
SLOW: dict[str, Behaviour] = {
    "silent": silent,
    "dripping head": dripping(b"HTTP/1.1 200 OK\r\nX-Slow: "),
    "dripping body": dripping(b"HTTP/1.1 200 OK\r\nContent-Length: 50000\r\n\r\n"),
}


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Give what the log says of failures."""
    return [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]
