"""Applications, their versions, keys and configuration, and the credentials of back ends."""

from django.db.models import Model

from enrollment_server.api.payloads.json import dump_json
from enrollment_server.wultra.encrypted import check_pair
from enrollment_server.wultra.facts import Facts
from enrollment_server.wultra.source import Row
from enrollment_server.wultra.values import (
    LeftOut,
    decoded,
    identifier,
    json_list,
    moment,
    needed,
    texts,
)
from powerauth.engine.applications import application_config, integrations
from powerauth.engine.applications.applications import CREDENTIAL_SIZE
from powerauth.engine.applications.config_values import RULES
from powerauth.engine.storage import record_places, records
from powerauth.models import (
    Application,
    ApplicationConfig,
    ApplicationVersion,
    Integration,
    MasterKeyPair,
)
from powerauth.protocol.encoding import b64
from powerauth.protocol.keys import key_pair_of
from powerauth.protocol.v4.primitives.signing import ECDSA_P256


def application(row: Row, facts: Facts) -> list[Model]:
    return [Application(id=row["name"], roles=sorted(set(texts(row["roles"], "roles"))))]


def version(row: Row, facts: Facts) -> list[Model]:
    return [
        ApplicationVersion(
            application=facts.application(row["application_id"]),
            name=needed(row["name"], "name"),
            application_key=_credential(row, "application_key"),
            application_secret=_credential(row, "application_secret"),
            supported=bool(row["supported"]),
        )
    ]


def _credential(row: Row, column: str) -> str:
    return b64(decoded(row[column], column, size=CREDENTIAL_SIZE))


def master_key_pair(row: Row, facts: Facts) -> list[Model]:
    owner = facts.application(row["application_id"])
    given = decoded(row["master_key_private_base64"], "master_key_private_base64")
    public = check_pair(given, decoded(row["master_key_public_base64"], "master_key_public_base64"))
    private = key_pair_of(given).private_key
    return [
        MasterKeyPair(
            application=owner,
            name=row["name"] or f"{owner.id} Keypair",
            algorithm=ECDSA_P256.name,
            public_key=public,
            private_key=records.seal(private, record_places.master_key(owner.id, public)),
            created_at=moment(row["timestamp_created"], facts.zone),
        )
    ]


def configuration(row: Row, facts: Facts) -> list[Model]:
    owner, key = facts.application(row["application_id"]), row["config_key"]
    if key not in RULES:
        raise LeftOut("config_key is unknown")
    text = row["config_values"]
    if text is not None:
        text = facts.key.open_text(text, row.get("encryption_mode"), "config_values", owner.id)
    values = json_list(text, "config_values")
    if RULES[key](values) is not None:
        raise LeftOut(f"config_values of {key} are not known here")
    record = dump_json(values)
    sealed = records.seal(record, application_config.PLACE(owner.id, key))
    return [ApplicationConfig(application=owner, key=key, record=sealed)]


def integration(row: Row, facts: Facts) -> list[Model]:
    return [
        Integration(
            id=identifier(row["id"], "id"),
            name=row["name"] or row["id"],
            client_token=row["client_token"],
            client_secret_hash=integrations.hash_secret(row["client_secret"]),
        )
    ]
