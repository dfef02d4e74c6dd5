"""Make the groups of the roles that a bank finds in its back office; see `roles`."""

from typing import Any

from django.contrib.auth.models import Group
from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction
from django.utils import timezone

from enrollment_server.backoffice import roles
from enrollment_server.backoffice.roles import Role
from powerauth.engine.audit import audit_log, audited
from powerauth.engine.audit.audit_log import Actor, Change
from powerauth.engine.audit.audited import Members
from powerauth.models import ActorKind

ACTION = "command/create_roles"


class Command(BaseCommand):
    """Nothing that a bank has added to a group is taken from it."""

    help = "Creates the groups of the roles that have none; tells what the others lack."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--complete",
            action="store_true",
            help="give groups that are there already the permissions that they lack",
        )

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        created = roles.create_missing()
        for role in roles.ROLES:
            if role in created:
                _record(role, None)
                self.stdout.write(f"{role.name}: created.")
            elif not (lacking := roles.lacking(role)):
                self.stdout.write(f"{role.name}: is there.")
            elif options["complete"]:
                before = _members(role)
                roles.complete(role)
                _record(role, before)
                self.stdout.write(f"{role.name}: completed by {', '.join(lacking)}.")
            else:
                self.stdout.write(f"{role.name}: is there, without {', '.join(lacking)}.")


def _members(role: Role) -> Members | None:
    group = Group.objects.get(name=role.name)
    return audited.kind_of(Group).of_row(group)


def _record(role: Role, before: Members | None) -> None:
    old, new = audited.difference(before, _members(role))
    change = Change(
        action=ACTION,
        object_type=audited.kind_of(Group).name,
        object_id=str(Group.objects.get(name=role.name).pk),
        before=old,
        after=new,
    )
    audit_log.append(Actor(kind=ActorKind.SYSTEM), [change], at=timezone.now())
