"""An admin that could show more than it should does not get into the back office."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.core.exceptions import FieldDoesNotExist
from django.db import models

from powerauth.admin.framework.checks import check_admins
from powerauth.admin.framework.unfolded import UnfoldAdmin, UnfoldInline
from powerauth.models import (
    Activation,
    ActivationKey,
    Application,
    MasterKeyPair,
    TemporaryKey,
    Token,
)
from powerauth.models.secrecy import keep_secret, leads_to_secret, leave_open, secret_columns
from push.models import PushDevice


@pytest.fixture(autouse=True)
def _registry() -> Iterator[None]:
    before = dict(admin.site._registry)
    yield
    admin.site._registry.clear()
    admin.site._registry.update(before)


def _found() -> list[str]:
    return [str(error.id).removeprefix("enrollment_server.") for error in check_admins(None)]


def test_the_admins_of_the_project_pass() -> None:
    assert _found() == []
    assert len(admin.site._registry) > 10


def test_a_plain_admin_is_refused() -> None:
    admin.site._registry[Token] = admin.ModelAdmin(Token, admin.site)
    assert _found() == ["E100"]


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("list_display", ["id", "activation_code"]),
        ("list_filter", ["derived_keys"]),
        ("list_filter", [("application__versions__application_secret", admin.FieldListFilter)]),
        ("search_fields", ["=activation_code"]),
        ("search_fields", ["tokens__secret__icontains"]),
        ("ordering", ["-otp_hash"]),
        ("sortable_by", ["ctr_data"]),
        ("fields", [("id", "server_private_key")]),
        ("readonly_fields", ["activation_code"]),
        ("fieldsets", [(None, {"fields": ["activation_code"]})]),
        ("exact_texts", ("activation_code",)),
    ],
)
def test_no_option_may_name_a_secret(option: str, value: Any) -> None:
    careless = type("Careless", (UnfoldAdmin,), {option: value})
    admin.site._registry[Activation] = careless(Activation, admin.site)
    assert _found() == ["E101"]


def test_a_computed_column_is_not_sorted_by_a_secret() -> None:
    @admin.display(ordering="-activation_code")
    def short(self: object, row: Activation) -> str:
        return "..."

    careless = type("Careless", (UnfoldAdmin,), {"list_display": ["short"], "short": short})
    admin.site._registry[Activation] = careless(Activation, admin.site)
    assert _found() == ["E101"]


def test_lists_are_not_forms() -> None:
    careless = type("Careless", (UnfoldAdmin,), {"list_editable": ["state"]})
    admin.site._registry[Activation] = careless(Activation, admin.site)
    assert _found() == ["E102"]


def test_rows_of_a_row_are_looked_at_too() -> None:
    plain = type("Plain", (admin.TabularInline,), {"model": MasterKeyPair})
    telling = type("Telling", (UnfoldInline,), {"model": MasterKeyPair, "fields": ["private_key"]})
    careless = type("Careless", (UnfoldAdmin,), {"inlines": [plain, telling]})
    admin.site._registry[Application] = careless(Application, admin.site)
    assert _found() == ["E100", "E101"]


@pytest.mark.parametrize(
    ("model", "columns"),
    [
        (
            Activation,
            {
                *("activation_code", "otp_hash", "extras", "custom_attributes"),
                *("server_public_key", "server_private_key", "device_public_key"),
                *("derived_keys", "ctr_data"),
                *("activation_secret", "ctr_data_4", "knowledge_key", "next_knowledge_key"),
                *("biometry_key", "next_biometry_key"),
            },
        ),
        (ActivationKey, {"public_key", "private_key"}),
        (MasterKeyPair, {"public_key", "private_key"}),
        (TemporaryKey, {"application_key", "private_key"}),
        (PushDevice, {"push_token"}),
        (User, {"password"}),
    ],
)
def test_secret_columns(model: type[models.Model], columns: set[str]) -> None:
    assert set(secret_columns(model)) == columns


def test_columns_that_nobody_thought_of_are_secret_by_their_name() -> None:
    class SomebodyElses(models.Model):
        key = models.CharField(max_length=80)
        backup_code = models.CharField(max_length=80)
        blob = models.BinaryField()
        keyboard = models.CharField(max_length=80)
        owner = models.ForeignKey(User, models.CASCADE)

        class Meta:
            app_label = "tests"
            managed = False

        def __str__(self) -> str:
            return ""

    assert set(secret_columns(SomebodyElses)) == {"key", "backup_code", "blob"}
    assert leads_to_secret(SomebodyElses, "-owner__password__startswith")
    assert not leads_to_secret(SomebodyElses, "owner__username")
    leave_open(SomebodyElses, "backup_code")
    keep_secret(SomebodyElses, "keyboard")
    assert set(secret_columns(SomebodyElses)) == {"key", "blob", "keyboard"}
    with pytest.raises(FieldDoesNotExist):
        keep_secret(SomebodyElses, "misspelled")
