"""The software phone as a whole."""

from powerauth.phone.account import AccountPhone
from powerauth.phone.activation import ActivatingPhone
from powerauth.phone.inbox import InboxPhone
from powerauth.phone.offline import OfflinePhone
from powerauth.phone.oidc import OidcPhone
from powerauth.phone.operations import OperationPhone
from powerauth.phone.push import PushPhone
from powerauth.phone.spawn import SpawningPhone
from powerauth.phone.status import StatusPhone


class Phone(
    ActivatingPhone,
    StatusPhone,
    AccountPhone,
    OperationPhone,
    OfflinePhone,
    PushPhone,
    InboxPhone,
    SpawningPhone,
    OidcPhone,
):
    """A software phone: activates, signs, decides about operations, and trusts no answer blindly.

    A verb that returns data raises `PhoneFailure` when the server refuses; a verb that returns an
    `Answer` leaves the judgement to its caller.
    """
