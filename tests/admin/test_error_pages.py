"""What the back office shows instead of a page, and what everybody else gets instead of it."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from http import HTTPStatus
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from pytest_django.fixtures import Settings

from enrollment_server.backoffice import errors
from operations.admin.operation import OperationAdmin
from tests.admin.office import staff

LIST = "/admin/operations/operation/"

pytestmark = pytest.mark.django_db

Answer = Callable[..., HttpResponse]


def _is_page(answer: Any, text: str, *, framed: bool) -> bool:
    page = answer.content.decode()
    assert answer["Content-Type"].startswith("text/html")
    return text in page and ('id="nav-sidebar"' in page) == framed and 'href="/admin/"' in page


@pytest.mark.parametrize("path", ["nothing/", "operations/nothing/", "customer/", "x\0y/"])
def test_an_unknown_page_is_a_page(path: str) -> None:
    answer = staff("some").get(f"/admin/{path}")
    assert answer.status_code == HTTPStatus.NOT_FOUND
    assert _is_page(answer, "There is no such page", framed=True)


def test_a_page_that_one_may_not_see_is_a_page() -> None:
    answer = staff("some", "inbox.view_inboxmessage").get(LIST)
    assert answer.status_code == HTTPStatus.FORBIDDEN
    assert _is_page(answer, "You may not see this page", framed=True)
    assert "/admin/inbox/inboxmessage/" in answer.content.decode()


def test_a_failure_is_a_page_that_asks_no_database(
    chief: Client,
    monkeypatch: pytest.MonkeyPatch,
    rf: RequestFactory,
    django_assert_num_queries: Callable[[int], AbstractContextManager[object]],
) -> None:
    def fail(self: OperationAdmin, request: HttpRequest) -> None:
        raise RuntimeError("no luck")

    monkeypatch.setattr(OperationAdmin, "get_queryset", fail)
    chief.raise_request_exception = False
    answer = chief.get(LIST)
    assert answer.status_code == HTTPStatus.INTERNAL_SERVER_ERROR
    assert _is_page(answer, "The page cannot be shown", framed=False)
    assert "no luck" not in answer.content.decode()
    with django_assert_num_queries(0):
        errors.server_error(rf.get(LIST))


def test_a_forged_or_late_form_is_a_page() -> None:
    client = Client(SERVER_NAME="testserver", enforce_csrf_checks=True)
    answer = client.post("/admin/login/", {"username": "a", "password": "b"})
    assert answer.status_code == HTTPStatus.FORBIDDEN
    assert _is_page(answer, "The form has expired", framed=False)


def test_a_form_that_cannot_be_read_is_a_page(chief: Client, settings: Settings) -> None:
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 1
    answer = chief.post(LIST, {"a": "1", "b": "2"})
    assert answer.status_code == HTTPStatus.BAD_REQUEST
    assert _is_page(answer, "The request cannot be understood", framed=True)


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (errors.bad_request, HTTPStatus.BAD_REQUEST),
        (errors.permission_denied, HTTPStatus.FORBIDDEN),
        (errors.csrf_failure, HTTPStatus.FORBIDDEN),
        (errors.not_found, HTTPStatus.NOT_FOUND),
        (errors.server_error, HTTPStatus.INTERNAL_SERVER_ERROR),
    ],
)
def test_everybody_else_gets_the_envelope(
    rf: RequestFactory, settings: Settings, answer: Answer, status: HTTPStatus
) -> None:
    settings.SECTIONS = ["mobile", "integration", "admin"]
    for path in ("/pa/v3/status", "/administration/", "/api/admin/template"):
        told = answer(rf.get(path))
        assert told.status_code == status
        assert told["Content-Type"] == "application/json", path
    # Where there is no back office, nothing below its path is a page of it.
    settings.SECTIONS = ["mobile"]
    assert answer(rf.get("/admin/"))["Content-Type"] == "application/json"


def test_the_address_works_without_its_slash() -> None:
    answer = Client(SERVER_NAME="testserver").get("/admin")
    assert answer.status_code == HTTPStatus.FOUND and answer["Location"] == "/admin/"
