"""No process writes plain secrets beside encrypted ones, or the other way round."""

from django.core.management.base import CommandError
from django.db import connection

from enrollment_server import local
from powerauth.engine.storage import record_survey
from powerauth.models import MasterKeyPair


def refuse_mixed_records() -> None:
    """Refuse to go on with settings that do not fit the stored secrets.

    Raises:
        CommandError: one line that says what to set.
    """
    if MasterKeyPair._meta.db_table not in connection.introspection.table_names():
        return
    conflict = record_survey.conflict()
    if conflict is None:
        return
    generated = local.VAR / "master_db_encryption_key"
    if conflict is record_survey.NO_KEY and generated.exists():
        conflict += f" The one that make run has made is in {generated}."
    raise CommandError(conflict)
