"""The software phone as a whole."""

from powerauth.phone.features.activation import ActivatingPhone
from powerauth.phone.features.factors import FactorPhone
from powerauth.phone.features.inbox import InboxPhone
from powerauth.phone.features.offline import OfflinePhone
from powerauth.phone.features.oidc import OidcPhone
from powerauth.phone.features.operations import OperationPhone
from powerauth.phone.features.push import PushPhone
from powerauth.phone.features.spawn import SpawningPhone
from powerauth.phone.features.upgrade import UpgradingPhone


class Phone(
    ActivatingPhone,
    FactorPhone,
    UpgradingPhone,
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
