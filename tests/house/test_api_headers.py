"""The headers of API answers are those that Django's own middleware would write, to the byte."""

from collections.abc import Callable

import pytest
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.middleware.clickjacking import XFrameOptionsMiddleware
from django.middleware.common import CommonMiddleware
from django.middleware.security import SecurityMiddleware
from django.test import RequestFactory

from enrollment_server.middleware import ApiHeadersMiddleware

Answering = Callable[[HttpRequest], HttpResponseBase]


def _own_length(request: HttpRequest) -> HttpResponseBase:
    return HttpResponse(b"", headers={"Content-Length": "17"})


def _own_framing(request: HttpRequest) -> HttpResponseBase:
    return HttpResponse(b"framed", headers={"X-Frame-Options": "SAMEORIGIN"})


def _headers(middleware: Answering, rf: RequestFactory) -> bytes:
    response = SecurityMiddleware(middleware)(rf.post("/pa/v3/status"))
    assert isinstance(response, HttpResponseBase)
    return bytes(response.serialize_headers())


@pytest.mark.parametrize(
    "view",
    [
        lambda _: JsonResponse({"status": "OK", "text": "ěšč"}),
        lambda _: HttpResponse(status=404),
        lambda _: StreamingHttpResponse([b"one", b"two"]),
        _own_length,
        _own_framing,
    ],
    ids=["json", "missing", "streamed", "own length", "own framing"],
)
def test_headers_are_djangos(view: Answering, rf: RequestFactory) -> None:
    theirs: Answering = CommonMiddleware(XFrameOptionsMiddleware(view))  # type: ignore[assignment]
    ours: Answering = ApiHeadersMiddleware(view)  # type: ignore[arg-type]
    assert _headers(ours, rf) == _headers(theirs, rf) != b""
