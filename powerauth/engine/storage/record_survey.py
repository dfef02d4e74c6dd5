"""Whether the stored secrets and the configured keys belong together."""

from collections.abc import Iterator

from django.conf import settings
from django.db.models import Model

from powerauth.engine.storage import records
from powerauth.engine.storage.rotation import SEALED_COLUMNS
from powerauth.models import MasterKeyPair
from powerauth.protocol.records import is_plain

_ROWS = 20  # of each table
NO_KEY = (
    "The database holds encrypted secrets, and MASTER_DB_ENCRYPTION_KEY is not set: set it to the "
    "key that they were encrypted with."
)
PLAIN = (
    "The database holds secrets without encryption, and MASTER_DB_ENCRYPTION_KEY is set: set "
    "MASTER_DB_ENCRYPTION_READ_PLAIN=true until manage.py rotate_encryption has encrypted them."
)
OTHER_KEY = (
    "The database holds secrets under another key than MASTER_DB_ENCRYPTION_KEY: name it among "
    "MASTER_DB_ENCRYPTION_KEYS_PREVIOUS."
)


def conflict() -> str | None:
    """Say what is wrong if a process with these settings would mix records of two kinds.

    Looks at every master key pair, which are few and are there before any other secret, and at some
    rows of each other kind.
    """
    keyring = records.keyring()
    for record in _some_records():
        if not keyring.fits(record):
            return PLAIN if is_plain(record) else OTHER_KEY if _has_key() else NO_KEY
    return None


def _some_records() -> Iterator[bytes]:
    for record in MasterKeyPair.objects.values_list("private_key", flat=True):
        yield bytes(record)
    columns: dict[type[Model], list[str]] = {}
    for sealed in SEALED_COLUMNS:
        columns.setdefault(sealed.model, []).append(sealed.column)
    for model, names in columns.items():
        # To look for a record in a column that is empty in a million rows would take seconds.
        for row in model._default_manager.order_by("pk").values_list(*names)[:_ROWS]:
            yield from (bytes(record) for record in row if record)


def _has_key() -> bool:
    return bool(settings.MASTER_DB_ENCRYPTION_KEY)
