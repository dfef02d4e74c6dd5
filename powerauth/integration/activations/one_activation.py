"""What methods about one activation share: what names it, and the record of its change."""

from powerauth.engine.audit.audited_kinds import ACTIVATION
from powerauth.integration.api import IntegrationView
from powerauth.integration.changes import Changes
from powerauth.integration.inputs.base import Input
from powerauth.integration.inputs.fields import Text


class ActivationInput(Input):
    """Which activation."""

    activation_id = Text(needed=True)


class ChangeInput(ActivationInput):
    """Which activation to change, and who in the bank wants it."""

    external_user_id = Text()


class ActivationChangeView(IntegrationView):
    """A method that changes one activation."""

    changes = Changes(kind=ACTIVATION, given=("activation_id",))
