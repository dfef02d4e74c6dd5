"""What everything in the phone stands on: state, configuration, server and clock."""

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Self

import requests

from powerauth.phone.enrolments import AnyEnrolment, Enrolment3, Enrolment4
from powerauth.phone.errors import NotActivated
from powerauth.phone.generations.values import TemporaryKey
from powerauth.phone.pin import PROCESS_PIN_KEYS, PinKeys
from powerauth.phone.requests.bodies import to_body
from powerauth.phone.requests.transport import Answer, Server
from powerauth.phone.state import USUAL_SUITE, USUAL_VERSION, PhoneState, Token, known_traits
from powerauth.phone.state_file import load_state, save_state
from powerauth.protocol.encoding import b64
from powerauth.protocol.encryptors import Scope
from powerauth.protocol.errors import UnsupportedSuite, UnsupportedVersion
from powerauth.protocol.mobile_sdk_config import MobileSdkConfig
from powerauth.protocol.v4.suites import SUITES, Suite, suite_of


def clock_ms() -> int:
    """Read the clock of this machine, milliseconds since 1970."""
    return time.time_ns() // 1_000_000


class PhoneCore:
    """A phone that remembers and tells the time, and does nothing yet.

    One thread at a time may use it.

    `checkpoint` is called where a phone that forgot what it just learned would be locked out:
    whoever keeps the phone in a file saves it there. It does nothing by default.
    """

    def __init__(
        self,
        base_url: str,
        *,
        sdk_config: str,
        version: str = USUAL_VERSION,
        suite: str = USUAL_SUITE,
        session: requests.Session | None = None,
        now: Callable[[], int] = clock_ms,
        pin_keys: PinKeys = PROCESS_PIN_KEYS,
    ) -> None:
        """Make a phone without an activation.

        Args:
            base_url: context of the server, such as ``http://127.0.0.1:8000/enrollment-server``.
            sdk_config: configuration text of the application (``mobileSdkConfig``).
            version: protocol version to speak.
            suite: suite of the activation, in version 4.0.
            session: HTTP session; a new one by default.
            now: own clock, milliseconds since 1970.
            pin_keys: derivation of keys from PINs.

        Raises:
            ProtocolError: no configuration text, or an unknown version or suite.
        """
        self.server = Server(base_url, session)
        self.state = PhoneState(
            sdk_config=sdk_config,
            base_url=self.server.base_url,
            version=known_traits(version).version,
            # Whether this machine can do it matters when it is used: protocol 3 needs none.
            suite=suite_of(suite, SUITES).name,
        )
        self.config = MobileSdkConfig.parse(sdk_config)
        self.temporary_keys: dict[Scope, TemporaryKey] = {}
        self._now = now
        self.pin_keys = pin_keys
        self.checkpoint: Callable[[], object] = lambda: None

    @classmethod
    def load(
        cls,
        path: str | os.PathLike[str],
        *,
        base_url: str | None = None,
        session: requests.Session | None = None,
        now: Callable[[], int] = clock_ms,
        pin_keys: PinKeys = PROCESS_PIN_KEYS,
    ) -> Self:
        """Take up the phone that `save` left.

        Args:
            path: the file.
            base_url: another address of the server than the saved one.
            session: see `PhoneCore`, as `now` and `pin_keys`.

        Raises:
            OSError: the file cannot be read.
            DamagedState: it is no file of a phone.
            ProtocolError: its configuration text is damaged.
        """
        state = load_state(path)
        address = state.base_url if base_url is None else base_url
        phone = cls(
            address, sdk_config=state.sdk_config, session=session, now=now, pin_keys=pin_keys
        )
        phone.state = replace(state, base_url=phone.server.base_url)
        return phone

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the file of the phone; see `powerauth.phone.state_file.save_state`."""
        save_state(self.state, path)

    @property
    def version(self) -> str:
        """Protocol version that the phone speaks.

        May be changed at any time, with an activation only within its generation; see `upgrade`.
        Raises `UnsupportedVersion` for any other one.
        """
        return self.state.version

    @version.setter
    def version(self, version: str) -> None:
        traits = known_traits(version)
        own = self.state.enrolment
        if own is not None and own.generation != traits.generation:
            raise UnsupportedVersion("the activation is of another protocol")
        if known_traits(self.version).generation != traits.generation:
            self.temporary_keys.clear()
        self.state = replace(self.state, version=traits.version)

    @property
    def suite(self) -> Suite:
        """Suite of the activation, or of the next one if this is none of protocol 4.0.

        May be changed until then; an activation keeps the one that it was made with.

        Raises:
            UnsupportedSuite: no suite, or the cryptographic library of this machine lacks it.
        """
        own = self.state.enrolment
        return own.suite if isinstance(own, Enrolment4) else suite_of(self.state.suite)

    @suite.setter
    def suite(self, suite: Suite) -> None:
        own = self.state.enrolment
        if isinstance(own, Enrolment4) and own.suite != suite:
            raise UnsupportedSuite("the activation is bound to another suite")
        if self.state.suite != suite.name:
            self.temporary_keys.clear()
        self.state = replace(self.state, suite=suite.name)

    @property
    def token(self) -> Token | None:
        """The token that `token_post` uses by default."""
        return self.state.token

    @token.setter
    def token(self, token: Token | None) -> None:
        self.state = replace(self.state, token=token)

    @property
    def enrolment(self) -> AnyEnrolment:
        """The activation.

        Raises:
            NotActivated: there is none.
        """
        if self.state.enrolment is None:
            raise NotActivated("the phone holds no activation")
        return self.state.enrolment

    @property
    def enrolment_3(self) -> Enrolment3:
        """The activation of protocol 3.

        Raises:
            NotActivated: there is none, or it is of protocol 4.0.
        """
        own = self.enrolment
        if not isinstance(own, Enrolment3):
            raise NotActivated("the phone holds no activation of protocol 3")
        return own

    @property
    def enrolment_4(self) -> Enrolment4:
        """The activation of protocol 4.0.

        Raises:
            NotActivated: there is none, or it is of protocol 3.
        """
        own = self.enrolment
        if not isinstance(own, Enrolment4):
            raise NotActivated("the phone holds no activation of protocol 4.0")
        return own

    def keep(self, enrolment: AnyEnrolment) -> None:
        """Remember the activation in a later state."""
        self.state = replace(self.state, enrolment=enrolment)

    @property
    def activation_id(self) -> str:
        """Id of the activation; raises `NotActivated` without one."""
        return self.enrolment.activation_id

    @property
    def application_key(self) -> str:
        """Application key, Base64 text."""
        return b64(self.config.application_key)

    @property
    def application_secret(self) -> str:
        """Application secret, Base64 text."""
        return b64(self.config.application_secret)

    def own_time_ms(self) -> int:
        """Read the phone's own clock, milliseconds since 1970."""
        return self._now()

    def time_ms(self) -> int:
        """Tell the time of the server as the phone believes it, milliseconds since 1970."""
        return self._now() + self.state.clock_offset_ms

    def plain_post(
        self, path: str, payload: object, *, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Send a request without any authentication.

        Args:
            path: below the base address.
            payload: bytes are sent as they are, anything else as ``{"requestObject": payload}``.
            headers: further headers.
        """
        return self.server.post(path, to_body(payload), headers)

    def synchronise(self, server_ms: int, *, asked_at_ms: int) -> None:
        """Set the clock by the server's.

        Args:
            server_ms: what the server's clock showed.
            asked_at_ms: what the own clock showed before the request; the server is taken to have
                looked at its clock half-way between that moment and this one.
        """
        halfway = (asked_at_ms + self._now()) // 2
        self.state = replace(self.state, clock_offset_ms=server_ms - halfway)

    def advance(self, steps: int = 1) -> None:
        """Move the counter of codes forward. Source: protocol.md 7.4, protocol-4.md 24.3."""
        self.keep(self.enrolment.stepped(steps))
