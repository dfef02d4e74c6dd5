"""Nobody in the back office gets at more rights than they have."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.test import Client

from enrollment_server.backoffice.rights import may_manage, rights_of
from powerauth.models import AuditRecord
from tests.admin.office import client_of, staff

USERS = "/admin/auth/user/"
GROUPS = "/admin/auth/group/"
OLD, NEW = "correct horse battery staple", "another horse battery staple"
ALL_OF_AUTH = [
    f"auth.{verb}_{model}"
    for verb in ("view", "add", "change", "delete")
    for model in ("user", "group", "permission")
]
JOINED = {"date_joined_0": "2026-01-01", "date_joined_1": "00:00:00"}
PASSWORDS = {"password1": NEW, "password2": NEW, "usable_password": "true", "set-password": "yes"}


@pytest.fixture
def keeper(db: None) -> Client:
    """Somebody who may do to accounts all that permissions allow."""
    return staff("keeper", *ALL_OF_AUTH)


def _permission(name: str) -> Permission:
    app, codename = name.split(".")
    return Permission.objects.get(content_type__app_label=app, codename=codename)


def _superuser() -> User:
    return User.objects.create_superuser("other", "boss@bank.example", OLD)


def _with_a_right() -> User:
    user = User.objects.create_user("other", "boss@bank.example", OLD, is_staff=True)
    user.user_permissions.add(_permission("powerauth.remove_activation"))
    return user


def _in_a_group() -> User:
    user = User.objects.create_user("other", "boss@bank.example", OLD, is_staff=True)
    group = Group.objects.create(name="removers")
    group.permissions.add(_permission("powerauth.remove_activation"))
    user.groups.add(group)
    return user


def _asleep() -> User:
    user = _with_a_right()
    user.is_active = False
    user.save()
    return user


def _account(user: User) -> dict[str, Any]:
    user = User.objects.get(pk=user.pk)
    columns = ("username", "email", "is_active", "is_staff", "is_superuser", "password")
    return {
        **{name: getattr(user, name) for name in columns},
        "groups": list(user.groups.values_list("name", flat=True)),
        "permissions": list(user.user_permissions.values_list("codename", flat=True)),
    }


def _more_rights() -> dict[str, Any]:
    group = Group.objects.create(name="owners")
    group.permissions.set(Permission.objects.all())
    return {
        "is_superuser": "on",
        "is_staff": "on",
        "groups": [group.pk],
        "user_permissions": [_permission("powerauth.remove_activation").pk],
    }


@pytest.mark.parametrize("whose", ["own", "another"])
def test_rights_are_not_changed_by_who_may_change_accounts(keeper: Client, whose: str) -> None:
    own = User.objects.get(username="keeper")
    user = own if whose == "own" else User.objects.create_user("clerk")
    before = _account(user)
    form = {"username": user.username, "email": "new@bank.example", "is_active": "on", **JOINED}
    answer = keeper.post(f"{USERS}{user.pk}/change/", {**form, **_more_rights()})
    assert answer.status_code == 302
    assert _account(user) == {**before, "email": "new@bank.example"}
    page = keeper.get(f"{USERS}{user.pk}/change/").content.decode()
    for name in ("is_superuser", "is_staff", "groups", "user_permissions"):
        assert f'name="{name}"' not in page


def test_new_accounts_have_no_rights(keeper: Client) -> None:
    answer = keeper.post(f"{USERS}add/", {"username": "new", **PASSWORDS, **_more_rights()})
    assert answer.status_code == 302
    user = User.objects.get(username="new")
    assert (user.is_superuser, user.is_staff, rights_of(user)) == (False, False, set())


@pytest.mark.parametrize("make", [_superuser, _with_a_right, _in_a_group, _asleep])
def test_who_may_do_more_is_left_alone(keeper: Client, make: Callable[[], User]) -> None:
    """Their password, address, name or deletion would each be a way to what they may do."""
    user = make()
    before = _account(user)
    page = f"{USERS}{user.pk}"
    assert keeper.get(f"{page}/change/").status_code == 200
    form = {"username": "mine", "email": "me@mallory.example", "is_active": "on", **JOINED}
    assert keeper.post(f"{page}/change/", form).status_code == 403
    assert keeper.get(f"{page}/password/").status_code == 403
    assert keeper.post(f"{page}/password/", PASSWORDS).status_code == 403
    off = {"usable_password": "false", "unset-password": "yes"}
    assert keeper.post(f"{page}/password/", off).status_code == 403
    assert keeper.post(f"{page}/delete/", {"post": "yes"}).status_code == 403
    chosen = {"action": "delete_selected", "_selected_action": [user.pk], "post": "yes"}
    assert keeper.post(USERS, chosen).status_code == 403
    assert _account(user) == before
    assert not AuditRecord.objects.exists()


def test_who_may_do_less_is_looked_after(keeper: Client) -> None:
    user = User.objects.create_user("clerk", password=OLD, is_staff=True)
    user.user_permissions.add(_permission("auth.view_user"))
    assert keeper.post(f"{USERS}{user.pk}/password/", PASSWORDS).status_code == 302
    user.refresh_from_db()
    assert user.check_password(NEW)
    assert AuditRecord.objects.get().after == '{"password":"(hidden)"}'
    keeper.post(f"{USERS}{user.pk}/delete/", {"post": "yes"})
    assert not User.objects.filter(username="clerk").exists()


def test_own_password_is_asked_for_before_it_is_changed(keeper: Client) -> None:
    user = User.objects.get(username="keeper")
    answer = keeper.post(f"{USERS}{user.pk}/password/", PASSWORDS)
    assert answer["Location"] == "/admin/password_change/"
    user.refresh_from_db()
    assert not user.check_password(NEW)


def test_groups_are_for_superusers(keeper: Client, chief: Client) -> None:
    own = User.objects.get(username="keeper")
    group = Group.objects.create(name="mine")
    own.groups.add(group)
    right = _permission("powerauth.remove_activation")
    form = {"name": "owners", "permissions": [right.pk]}
    assert keeper.get(f"{GROUPS}{group.pk}/change/").status_code == 200
    assert keeper.post(f"{GROUPS}{group.pk}/change/", form).status_code == 403
    assert keeper.post(f"{GROUPS}add/", form).status_code == 403
    assert keeper.post(f"{GROUPS}{group.pk}/delete/", {"post": "yes"}).status_code == 403
    chosen = {"action": "delete_selected", "_selected_action": [group.pk], "post": "yes"}
    keeper.post(GROUPS, chosen)
    assert list(Group.objects.filter(name="mine")) == [group]
    assert not group.permissions.exists()
    assert chief.post(f"{GROUPS}{group.pk}/change/", form).status_code == 302
    assert list(Group.objects.get(name="owners").permissions.all()) == [right]


def test_superusers_decide_who_may_do_what(chief: Client) -> None:
    user = User.objects.create_user("clerk")
    more = _more_rights()
    form = {"username": "clerk", "email": "", "is_active": "on", **JOINED}
    assert chief.post(f"{USERS}{user.pk}/change/", {**form, **more}).status_code == 302
    account = _account(user)
    assert (account["is_superuser"], account["is_staff"]) == (True, True)
    assert (account["groups"], account["permissions"]) == (["owners"], ["remove_activation"])


def test_no_page_tells_a_password(chief: Client) -> None:
    user = User.objects.create_user("clerk", password=OLD)
    for client, may_change in ((chief, True), (staff("viewer", "auth.view_user"), False)):
        text = client.get(f"{USERS}{user.pk}/change/").content.decode()
        algorithm, *parts = user.password.split("$")
        assert not [part for part in (algorithm, *parts) if len(part) > 5 and part in text]
        assert user.password[-6:] not in text
        assert ("../password/" in text) == may_change


def test_asleep_superusers_are_nobody(db: None) -> None:
    sleeper = User(is_superuser=True, is_active=False)
    assert not may_manage(sleeper, _with_a_right())
    client = client_of(User.objects.create_superuser("gone", is_active=False))
    assert client.get(USERS).status_code == 302
