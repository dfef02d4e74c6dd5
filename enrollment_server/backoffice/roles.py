"""The roles that a bank finds in its back office: groups with the permissions of one kind of work.

`docs/roles.md` is the table of them. They are a beginning: a bank adds to them, takes away from
them, or makes groups of its own; nothing here ever takes a permission from a group.
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.apps import AppConfig
from django.apps import apps as global_apps
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission
from django.db import DEFAULT_DB_ALIAS, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """A kind of work.

    Args:
        name: of the group, which stays the same in every language.
        title: what people read.
        purpose: what the work is.
        permissions: such as `operations.view_operation`.
    """

    name: str
    title: "_StrOrPromise"
    purpose: "_StrOrPromise"
    permissions: tuple[str, ...]


def _views(*models: str) -> Iterable[str]:
    return (f"{app}.view_{model}" for app, model in (name.split(".") for name in models))


def _all_of(*models: str) -> Iterable[str]:
    for app, model in (name.split(".") for name in models):
        yield from (f"{app}.{verb}_{model}" for verb in ("view", "add", "change", "delete"))


ROLES = (
    Role(
        name="Clerk",
        title=_("Clerk"),
        purpose=_("Serves customers: activates and blocks phones, cancels operations, writes."),
        permissions=(
            *_views("operations.operation", "powerauth.activation", "powerauth.signatureaudit"),
            *_views("inbox.inboxmessage", "push.pushdevice", "push.pushmessage"),
            *_views("activation.spawnaudit"),
            "operations.cancel_operation",
            "operations.approve_operation_offline",
            "powerauth.init_activation",
            "powerauth.commit_activation",
            "powerauth.block_activation",
            "inbox.add_inboxmessage",
        ),
    ),
    Role(
        name="Activation approver",
        title=_("Activation approver"),
        purpose=_("Decides about phones: commits, unblocks and removes activations."),
        permissions=(
            *_views("powerauth.activation", "powerauth.signatureaudit"),
            "powerauth.commit_activation",
            "powerauth.block_activation",
            "powerauth.unblock_activation",
            "powerauth.remove_activation",
        ),
    ),
    Role(
        name="Template editor",
        title=_("Template editor"),
        purpose=_("Writes what phones show of operations."),
        permissions=(
            *_all_of("operations.formtemplate"),
            *_views("operations.operationtemplate"),
        ),
    ),
    Role(
        name="Auditor",
        title=_("Auditor"),
        purpose=_("Sees everything that has a page, changes nothing, and exports the audit log."),
        permissions=(
            *_views("operations.operation", "operations.formtemplate"),
            *_views("operations.operationtemplate", "powerauth.activation"),
            *_views("powerauth.application", "powerauth.applicationversion"),
            *_views("powerauth.auditrecord", "powerauth.callback", "powerauth.callbackevent"),
            *_views("powerauth.integration", "powerauth.signatureaudit", "push.pushdevice"),
            *_views("inbox.inboxmessage", "activation.spawnrule", "activation.spawnaudit"),
            *_views("auth.user", "auth.group", "staff.secondfactor", "staff.failedlogins"),
            *_views("staff.provideraccount", "push.pushmessage", "push.pushappcredentials"),
            *_views("push.pushcampaign"),
            "powerauth.export_auditrecord",
        ),
    ),
    Role(
        name="Administrator",
        title=_("Administrator"),
        purpose=_("Sets up apps, back ends and callbacks; adds accounts, without any rights."),
        permissions=(
            *_views("powerauth.application", "powerauth.applicationversion"),
            *_views("powerauth.callback", "powerauth.callbackevent", "powerauth.integration"),
            *_views("powerauth.auditrecord", "activation.spawnaudit", "push.pushdevice"),
            *_views("auth.group", "staff.secondfactor", "staff.failedlogins"),
            *_views("staff.provideraccount", "push.pushmessage", "push.pushappcredentials"),
            "staff.delete_secondfactor",
            "staff.delete_failedlogins",
            *_all_of("operations.operationtemplate", "activation.spawnrule", "auth.user"),
            "powerauth.add_application",
            "powerauth.change_application",
            "powerauth.add_applicationversion",
            "powerauth.change_applicationversion",
            "powerauth.view_mobile_sdk_config",
            "powerauth.add_callback",
            "powerauth.change_callback",
            "powerauth.renew_signing_secret",
            "powerauth.view_signing_secret",
            "powerauth.replay_callbackevent",
            "powerauth.add_integration",
            "powerauth.delete_integration",
            "push.change_pushdevice",
            "push.delete_pushdevice",
            "push.send_test_pushmessage",
            "push.add_pushappcredentials",
            "push.change_pushappcredentials",
        ),
    ),
)
_TITLES = {role.name: role.title for role in ROLES}


def title_of(group: Group) -> str:
    """Give the name of a group as people read it; that of a bank's own group is what it wrote."""
    return str(_TITLES.get(group.name, group.name))


@transaction.atomic
def create_missing() -> list[Role]:
    """Create the groups of roles that have none; give these roles. Others stay as they are.

    Raises:
        Permission.DoesNotExist: a permission has not been created yet.
    """
    there = set(Group.objects.values_list("name", flat=True))
    missing = [role for role in ROLES if role.name not in there]
    for role in missing:
        group, made = Group.objects.get_or_create(name=role.name)
        if made:
            group.permissions.add(*_found(role.permissions))
    return missing


def lacking(role: Role) -> list[str]:
    """List the permissions of a role that its group does not have."""
    held = Permission.objects.filter(group__name=role.name)
    names = held.values_list("content_type__app_label", "codename").order_by()
    has = {f"{app}.{codename}" for app, codename in names}
    return [name for name in role.permissions if name not in has]


@transaction.atomic
def complete(role: Role) -> list[str]:
    """Give the group of a role what it lacks; tell what that was."""
    lacked = lacking(role)
    Group.objects.get(name=role.name).permissions.add(*_found(lacked))
    return lacked


def after_migrate(sender: AppConfig, using: str, apps: Any = global_apps, **kwargs: object) -> None:
    """Create all groups after the first `migrate`; receives the signal behind each app."""
    with_models = [config.label for config in global_apps.get_app_configs() if config.models_module]
    # Behind the last app those of all others have their permissions.
    if using != DEFAULT_DB_ALIAS or sender.label != with_models[-1]:
        return
    try:
        # What has been migrated so far, which may end before there are groups.
        apps.get_model("auth", "Group")
    except LookupError:
        return
    create_permissions(sender, verbosity=0, using=using, apps=apps)
    create_at_first()


def create_at_first() -> None:
    """Create all groups where there is none of them.

    Later on a bank that has deleted or renamed one does not get it back.
    """
    if Group.objects.filter(name__in=list(_TITLES)).exists():
        return
    try:
        create_missing()
    except Permission.DoesNotExist as absent:
        # Migrations that stop halfway; `manage.py create_roles` makes up for it.
        logger.info("no roles yet, without the permissions %s", absent)


def _found(names: Iterable[str]) -> list[Permission]:
    wanted = list(names)
    if not wanted:
        return []
    either = Q()
    for app, codename in (name.split(".") for name in wanted):
        either |= Q(content_type__app_label=app, codename=codename)
    found = list(Permission.objects.filter(either).select_related("content_type"))
    known = {f"{row.content_type.app_label}.{row.codename}" for row in found}
    if absent := sorted(set(wanted) - known):
        raise Permission.DoesNotExist(", ".join(absent))
    return found
