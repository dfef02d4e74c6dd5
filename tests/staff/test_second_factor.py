"""Codes of an app as second factor: asked for, used once, throttled, and reset by who may."""

import re
from base64 import b32decode, b64encode
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone
from pytest_django.fixtures import Settings

from enrollment_server.staff.models import RecoveryCode, SecondFactor
from enrollment_server.staff.second_factor import codes as second_factor
from enrollment_server.staff.second_factor.codes import Draft
from powerauth.engine.storage import records
from powerauth.models import AuditRecord
from tests.admin.office import client_of, pages, staff
from tests.races.crowd import together
from tests.staff.people import (
    CODE,
    OWN,
    SET_UP,
    audit,
    browser,
    code_of,
    current_code,
    is_in,
    person,
    text_of,
    type_password,
    with_app,
)

SECRET = re.compile(r'id="second-factor-secret">([A-Z2-7 ]+)<')
CODES = re.compile(r"<li>([a-z2-7]{4}(?:-[a-z2-7]{4}){3})</li>")


@pytest.fixture(autouse=True)
def required(settings: Settings) -> None:
    settings.STAFF_SECOND_FACTOR = "password"


@pytest.fixture
def clerk(db: None) -> User:
    return person()


@pytest.fixture
def recovery_codes(clerk: User) -> list[str]:
    return with_app(clerk)


def type_code(client: Client, code: str, path: str = CODE) -> Any:
    return client.post(path, {"code": code})


def test_whoever_has_none_sets_one_up_at_the_login(clerk: User) -> None:
    client = browser()
    assert type_password(client)["Location"] == CODE
    page = text_of(client.get(CODE, follow=True))
    assert "<svg" in page and not is_in(client)
    (secret,) = SECRET.findall(page)
    assert SECRET.findall(text_of(type_code(client, "000000", SET_UP))) == [secret]
    shown = type_code(client, code_of(_bytes(secret)), SET_UP)
    codes = CODES.findall(text_of(shown))
    assert len(set(codes)) == second_factor.RECOVERY_CODES and is_in(client)
    assert "no-store" in shown["Cache-Control"]
    assert SecondFactor.objects.get().user == clerk
    record, login = audit()
    assert record == ("admin/second_factor", "OK", {"user": "clerk", "change": "set up"})
    assert login[2]["secondFactor"] == "app"


def test_the_secret_is_stored_encrypted_and_nobody_sees_it(
    clerk: User, recovery_codes: list[str]
) -> None:
    factor = SecondFactor.objects.get()
    secret = records.unseal(factor.secret, second_factor.PLACE(clerk.pk))
    assert len(secret) == 20 and secret not in bytes(factor.secret)
    with pytest.raises(records.SecretUnreadable):
        records.unseal(factor.secret, second_factor.PLACE(clerk.pk + 1))
    hidden = [secret.hex(), Draft(secret=secret).text.replace(" ", ""), *recovery_codes]
    hidden += RecoveryCode.objects.values_list("digest", flat=True)
    hidden += [bytes(factor.secret).hex(), str(bytes(factor.secret))[2:-1]]
    chief = client_of(User.objects.create_superuser("chief"))
    session = chief.session
    session["staff_proof"] = "app"
    session.save()
    shown = [text_of(chief.get(page)) for page in pages() if "/staff/" in page]
    assert len(shown) > 6
    assert not [one for one in hidden for page in shown if one in page]


@pytest.mark.parametrize(
    "lookup", ["secret__startswith", "secret", "last_step__gt", "user__password__startswith"]
)
def test_nobody_filters_by_a_secret(clerk: User, recovery_codes: list[str], lookup: str) -> None:
    chief = client_of(User.objects.create_superuser("chief"))
    session = chief.session
    session["staff_proof"] = "app"
    session.save()
    answer = chief.get(reverse("admin:staff_secondfactor_changelist"), {lookup: "999"})
    # It is not there for the list: what matches nothing shows everything.
    assert list(answer.context["cl"].result_list) == [clerk.second_factor]


def test_a_code_is_asked_for_and_lets_in(clerk: User, recovery_codes: list[str]) -> None:
    client = browser()
    assert type_password(client)["Location"] == CODE
    assert not is_in(client)
    wrong = type_code(client, "000000")
    assert wrong.status_code == 200 and b"wrong or was used before" in wrong.content
    assert not is_in(client)
    assert type_code(client, current_code(clerk))["Location"] == "/admin/"
    assert is_in(client)
    failed = ("admin/login", "FAILED")
    assert [row[:2] for row in audit()] == [failed, ("admin/login", "OK")]
    assert audit()[0][2]["step"] == "second factor"


@pytest.mark.parametrize(
    "code", ["", "12345", "1234567", "abcdef", "\u0661" * 6, "-12345", "\x00" * 6, "0" * 41]
)
def test_what_is_no_code(clerk: User, recovery_codes: list[str], code: str) -> None:
    client = browser()
    type_password(client)
    assert type_code(client, code).status_code == 200
    assert not is_in(client)


def test_a_code_is_used_once_and_no_older_one_after_it(
    clerk: User, recovery_codes: list[str]
) -> None:
    older, code = current_code(clerk, later_s=-30), current_code(clerk)
    assert second_factor.verify(clerk, code, at=timezone.now())
    assert second_factor.verify(clerk, code, at=timezone.now()) is None
    assert second_factor.verify(clerk, older, at=timezone.now()) is None
    later = timezone.now() + timedelta(seconds=30)
    assert second_factor.verify(clerk, current_code(clerk, later_s=30), at=later)


@pytest.mark.parametrize(
    ("later_s", "accepted"), [(-60, False), (-30, True), (30, True), (60, False)]
)
def test_clocks_may_differ_by_one_step(
    clerk: User, recovery_codes: list[str], later_s: float, accepted: bool
) -> None:
    code = current_code(clerk, later_s=later_s)
    assert (second_factor.verify(clerk, code, at=timezone.now()) is not None) is accepted


def test_a_recovery_code_lets_in_once(clerk: User, recovery_codes: list[str]) -> None:
    for expected in (True, False):
        client = browser()
        type_password(client)
        type_code(client, recovery_codes[3].upper().replace("-", " "))
        assert is_in(client) is expected
    assert RecoveryCode.objects.count() == second_factor.RECOVERY_CODES - 1
    assert audit()[0][2]["secondFactor"] == "recovery code"


def test_codes_of_others_are_worth_nothing(clerk: User, recovery_codes: list[str]) -> None:
    other = person("other")
    others = with_app(other)
    assert second_factor.verify(clerk, current_code(other), at=timezone.now()) is None
    assert second_factor.verify(clerk, others[0], at=timezone.now()) is None


def test_guessing_codes_is_slow(clerk: User, recovery_codes: list[str]) -> None:
    client = browser()
    type_password(client)
    statuses = [type_code(client, "000000").status_code for _ in range(6)]
    assert statuses == [200, 200, 200, 200, 200, 429]
    # From elsewhere it is the same account; and the right code has to wait, too.
    other = browser("198.51.100.1")
    type_password(other)
    assert type_code(other, current_code(clerk)).status_code == 429
    assert not is_in(other)


def test_who_guesses_codes_does_not_lock_out_the_owner(
    clerk: User, recovery_codes: list[str]
) -> None:
    own = browser("203.0.113.5")
    type_password(own)
    type_code(own, current_code(clerk))
    own.post("/admin/logout/")
    client = browser()
    type_password(client)
    for _ in range(6):
        type_code(client, "000000")
    type_password(own)
    type_code(own, current_code(clerk, later_s=30))
    assert is_in(own)


def test_nothing_is_reachable_before_the_second_factor(
    clerk: User, recovery_codes: list[str], settings: Settings
) -> None:
    settings.ADMIN_API_ENABLED = True
    User.objects.update(is_superuser=True)
    client = browser()
    type_password(client)
    addresses = list(_addresses())
    assert len(addresses) > 100
    assert {"/admin/jsi18n/", "/admin/search/", "/admin/password_change/"} <= set(addresses)
    assert "/admin/powerauth/auditrecord/export/" in addresses
    for address in addresses:
        for answer in (client.get(address), client.post(address)):
            assert answer.status_code in (302, 401, 404, 405), address
            if answer.status_code == 302:
                assert answer["Location"].startswith(("/admin/login/", "/admin/")), address
    assert client.get("/api/admin/template").status_code == 401


def test_the_api_of_the_back_office_takes_no_password_alone(
    clerk: User, settings: Settings
) -> None:
    settings.ADMIN_API_ENABLED = True
    header = {"Authorization": _basic("clerk", "correct horse battery staple")}
    assert browser().get("/api/admin/template", headers=header).status_code == 401
    assert audit()[-1][2]["reason"] == "no second factor"
    settings.STAFF_SECOND_FACTOR = "optional"
    assert browser().get("/api/admin/template", headers=header).status_code == 200
    with_app(clerk)
    assert browser().get("/api/admin/template", headers=header).status_code == 401
    wrong = {"Authorization": _basic("clerk", "wrong")}
    for number in range(5):
        browser(f"192.0.2.{number}").get("/api/admin/template", headers=wrong)
    assert type_password(browser("198.51.100.1")).status_code == 429


@pytest.mark.parametrize("columns", [{"password": "!"}, {"is_active": False}, {"is_staff": False}])
def test_a_first_step_ends_with_password_or_person(
    clerk: User, recovery_codes: list[str], columns: dict[str, Any]
) -> None:
    client = browser()
    type_password(client)
    User.objects.filter(pk=clerk.pk).update(**columns)
    assert type_code(client, current_code(clerk))["Location"] == "/admin/login/"
    assert not is_in(client)


def test_a_first_step_is_good_for_ten_minutes(clerk: User, recovery_codes: list[str]) -> None:
    client = browser()
    type_password(client)
    session = client.session
    session["staff_pending"] = {**session["staff_pending"], "at": 0}
    session.save()
    assert type_code(client, current_code(clerk))["Location"] == "/admin/login/"
    assert client.get(SET_UP)["Location"] == "/admin/login/"


def test_a_secret_that_was_shown_to_somebody_else_is_not_shown_again(clerk: User) -> None:
    shown = set()
    for _ in range(2):
        client = browser()
        type_password(client)
        shown.add(SECRET.findall(text_of(client.get(SET_UP)))[0])
    assert len(shown) == 2


def test_a_second_one_cannot_be_set_up_with_the_password_alone(
    clerk: User, recovery_codes: list[str]
) -> None:
    client = browser()
    type_password(client)
    assert client.get(SET_UP)["Location"] == CODE
    draft = Draft.new()
    code = code_of(draft.secret)
    assert second_factor.set_up(clerk, draft, code, at=timezone.now()) is None
    assert SecondFactor.objects.count() == 1


def test_it_is_voluntary_if_a_setting_says_so(clerk: User, settings: Settings) -> None:
    settings.STAFF_SECOND_FACTOR = "optional"
    client = browser()
    type_password(client)
    assert is_in(client)
    (secret,) = SECRET.findall(text_of(client.get(OWN)))
    assert len(CODES.findall(text_of(type_code(client, code_of(_bytes(secret)), OWN)))) == 10
    other = browser()
    assert type_password(other)["Location"] == CODE
    assert not is_in(other)


@pytest.mark.parametrize("wanted", ["renew", "replace"])
def test_owners_renew_and_replace_by_a_code(
    clerk: User, recovery_codes: list[str], wanted: str
) -> None:
    client = browser()
    type_password(client)
    type_code(client, current_code(clerk))
    before = set(RecoveryCode.objects.values_list("digest", flat=True))
    assert "10 recovery codes are left." in text_of(client.get(OWN))
    client.post(OWN, {"code": "000000", wanted: ""})
    assert set(RecoveryCode.objects.values_list("digest", flat=True)) == before
    answer = client.post(OWN, {"code": recovery_codes[0], wanted: ""})
    if wanted == "renew":
        assert len(CODES.findall(text_of(answer))) == 10
        assert before.isdisjoint(RecoveryCode.objects.values_list("digest", flat=True))
    else:
        assert not SecondFactor.objects.exists()
        assert SECRET.search(text_of(client.get(answer["Location"])))
    action = {"renew": "admin/recovery_codes", "replace": "admin/second_factor"}[wanted]
    assert audit()[-1][0] == action


def test_administrators_reset_but_not_that_of_a_superuser(
    clerk: User, recovery_codes: list[str]
) -> None:
    superuser = User.objects.create_superuser("chief", password="x")
    with_app(superuser)
    admin = staff("admin", "staff.delete_secondfactor", "staff.view_secondfactor")
    session = admin.session
    session["staff_proof"] = "app"
    session.save()
    for user, status in ((clerk, 302), (superuser, 403)):
        factor = SecondFactor.objects.get(user=user)
        path = reverse("admin:staff_secondfactor_delete", args=[factor.pk])
        assert admin.post(path, {"post": "yes"}).status_code == status
    everything = {"action": "delete_selected", "post": "yes"}
    rows = list(SecondFactor.objects.values_list("pk", flat=True))
    admin.post(
        reverse("admin:staff_secondfactor_changelist"), {**everything, "_selected_action": rows}
    )
    assert [factor.user for factor in SecondFactor.objects.all()] == [superuser]
    (record,) = AuditRecord.objects.filter(action="admin/delete", object_type="second_factor")
    assert (record.object_id, record.actor_name) == (str(clerk.pk), "admin")
    assert "(hidden)" in record.before
    client = browser()
    type_password(client)
    assert client.get(CODE)["Location"] == SET_UP


def test_an_operator_resets(clerk: User, recovery_codes: list[str]) -> None:
    call_command("reset_second_factor", "clerk")
    assert not SecondFactor.objects.exists()
    assert audit()[-1][0] == "command/reset_second_factor"
    with pytest.raises(CommandError):
        call_command("reset_second_factor", "nobody")


def test_a_secret_that_does_not_open_lets_nobody_in(
    clerk: User, recovery_codes: list[str], settings: Settings
) -> None:
    code = current_code(clerk)
    settings.MASTER_DB_ENCRYPTION_KEY = "MDEyMzQ1Njc4OWFiY2RlZg=="
    client = browser()
    type_password(client)
    answer = type_code(client, code)
    assert answer.status_code == 503 and b"cannot be verified" in answer.content
    assert not is_in(client)
    settings.STAFF_SECOND_FACTOR = "optional"
    inside = client_of(clerk)
    assert b"cannot be verified" in type_code(inside, code, OWN).content


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_one_code_in_two_browsers_lets_one_in() -> None:
    clerk = person()
    codes = with_app(clerk)
    for code in (current_code(clerk), codes[0]):
        verify = partial(second_factor.verify, clerk, code, at=timezone.now())
        proofs = together([verify] * 8)
        assert sum(proof is not None for proof in proofs) == 1


def _bytes(text: str) -> bytes:
    return b32decode(text.replace(" ", ""))


def _basic(name: str, password: str) -> str:
    return "Basic " + b64encode(f"{name}:{password}".encode()).decode()


def _addresses() -> Any:
    """Give an address of every pattern below the back office but the pages of the login."""
    login = {"login", "second_factor", "second_factor_set_up"}
    login |= {"provider_login", "provider_callback", "known_browser"}
    (below,) = [
        pattern
        for pattern in get_resolver().url_patterns
        if isinstance(pattern, URLResolver) and str(pattern.pattern) == "admin/"
    ]
    for prefix, pattern in _patterns(below, ""):
        if pattern.name not in login:
            yield "/" + re.sub(r"<[^>]+>|\(\?P<[^>]+>[^)]*\)", "1", prefix).strip("^$")


def _patterns(resolver: URLResolver, prefix: str) -> Any:
    here = prefix + str(resolver.pattern)
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            yield here + str(pattern.pattern), pattern
        else:
            yield from _patterns(pattern, here)
