"""How a callback proves itself to the receiver: integration-api.md 11.1.

All of it is one record, sealed for its callback, because most of it is secret.
"""

from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, TypeVar

from enrollment_server.api.payloads.json import dump_json, load_json
from powerauth.engine.callbacks import callback_urls
from powerauth.engine.storage import record_places, records
from powerauth.engine.storage.record_places import Place
from powerauth.models import Callback
from powerauth.rules import NOT_BLANK, fitting, invalid

TEXT_LENGTH = 1024  # characters


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """A client certificate, and whom to trust; the stores are PEM or PKCS#12 files of the server.

    Without a custom trust store, the authorities of the server decide whom to trust.
    """

    enabled: bool = False
    use_custom_key_store: bool = False
    key_store_location: str | None = None
    key_store_password: str | None = field(default=None, repr=False)
    key_alias: str | None = None
    key_password: str | None = field(default=None, repr=False)
    use_custom_trust_store: bool = False
    trust_store_location: str | None = None
    trust_store_password: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpBasic:
    """A user name and a password."""

    enabled: bool = False
    username: str | None = None
    password: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuth2:
    """An access token, by the client credentials grant."""

    enabled: bool = False
    token_uri: str | None = None
    client_id: str | None = None
    client_secret: str | None = field(default=None, repr=False)
    scope: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Authentication:
    """All ways to authenticate, each of them on or off."""

    certificate: Certificate = Certificate()
    http_basic: HttpBasic = HttpBasic()
    oauth2: OAuth2 = OAuth2()


METHODS = {"certificate": Certificate, "http_basic": HttpBasic, "oauth2": OAuth2}
_ON_THE_WIRE = {Certificate: "certificate", HttpBasic: "httpBasic", OAuth2: "oauth2"}
SECRETS = frozenset(
    {"key_store_password", "key_password", "trust_store_password", "password", "client_secret"}
)

M = TypeVar("M", Certificate, HttpBasic, OAuth2)


def of(callback: Callback) -> Authentication:
    """Give how a callback authenticates.

    Raises:
        SecretUnreadable: the stored record does not open.
    """
    stored = load_json(records.unseal(callback.authentication, _place(callback)))
    return Authentication(**{name: METHODS[name](**values) for name, values in stored.items()})


def seal(authentication: Authentication, callback: Callback) -> bytes:
    """Give the record to store for a callback."""
    return records.seal(dump_json(asdict(authentication)), _place(callback))


def _place(callback: Callback) -> Place:
    return record_places.callback_authentication(callback.pk, callback.application_id)


def secrets_in(authentication: Authentication) -> list[str]:
    """Name the secrets that are set, such as `http_basic.password`, without telling them."""
    return [
        f"{method}.{one.name}"
        for method in METHODS
        for one in fields(getattr(authentication, method))
        if one.name in SECRETS and getattr(getattr(authentication, method), one.name) is not None
    ]


def merged(wanted: Authentication, stored: Authentication) -> Authentication:
    """Take over the stored secrets that `wanted` does not name; a blank one takes it away."""
    return Authentication(
        certificate=_merged(wanted.certificate, stored.certificate),
        http_basic=_merged(wanted.http_basic, stored.http_basic),
        oauth2=_merged(wanted.oauth2, stored.oauth2),
    )


def _merged(wanted: M, stored: M) -> M:
    kept: dict[str, Any] = {
        one.name: getattr(stored, one.name)
        for one in fields(wanted)
        if one.name in SECRETS and getattr(wanted, one.name) is None
    }
    return replace(wanted, **kept)


def checked(authentication: Authentication) -> Authentication:
    """Give an authentication whose enabled ways have what they need, with None for blank texts.

    Raises:
        EngineRefusal: INVALID_REQUEST for what is missing or long, URL_FORMAT for a token URI that
            may not be called.
    """
    certificate = _without_blanks(authentication.certificate)
    http_basic = _without_blanks(authentication.http_basic)
    oauth2 = _without_blanks(authentication.oauth2)
    _need(http_basic, "username", "password")
    _need(oauth2, "token_uri", "client_id", "client_secret")
    if certificate.use_custom_key_store:
        _need(certificate, "key_store_location")
    if certificate.use_custom_trust_store:
        _need(certificate, "trust_store_location")
    if ":" in (http_basic.username or ""):
        raise invalid("authentication.httpBasic.username", "must not contain a colon")
    if oauth2.token_uri is not None:
        callback_urls.check(oauth2.token_uri, member="authentication.oauth2.tokenUri")
    return Authentication(certificate=certificate, http_basic=http_basic, oauth2=oauth2)


def _without_blanks(method: M) -> M:
    texts = {
        one.name: getattr(method, one.name)
        for one in fields(method)
        if isinstance(getattr(method, one.name), str)
    }
    for name, text in texts.items():
        fitting(_member(method, name), text, TEXT_LENGTH)
    values: dict[str, Any] = {name: text or None for name, text in texts.items()}
    return replace(method, **values)


def _need(method: Certificate | HttpBasic | OAuth2, *names: str) -> None:
    for name in names if method.enabled else ():
        if getattr(method, name) is None:
            raise invalid(_member(method, name), NOT_BLANK)


def _member(method: Certificate | HttpBasic | OAuth2, name: str) -> str:
    """Give where a text of a method stands in a request."""
    first, *others = name.split("_")
    member = first + "".join(map(str.capitalize, others))
    return f"authentication.{_ON_THE_WIRE[type(method)]}.{member}"
