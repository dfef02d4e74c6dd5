"""Naming, finding and correcting activations: integration-api.md 7.7, 7.12 and 7.13."""

from enrollment_server.openapi.endpoints import Catalogue
from enrollment_server.openapi.integration.activation_shapes import ID, ITEM_EXAMPLE
from enrollment_server.openapi.integration.methods import method
from enrollment_server.openapi.shapes import flag, items, members, one_of, ref, text
from powerauth.errors import ErrorCode
from powerauth.models import ActivationState

_TAG = "Activations"
_BASE = "/rest/v3/activation/"
_INVALID = ErrorCode.INVALID_REQUEST

CATALOGUE = Catalogue(
    endpoints={
        f"{_BASE}name/update": method(
            _TAG,
            "Rename an activation",
            _INVALID,
            ErrorCode.ACTIVATION_NOT_FOUND,
            ErrorCode.ACTIVATION_STATE,
            description="All three members are mandatory.",
            request={
                "activationId": ID,
                "activationName": "Petr's iPhone 7",
                "externalUserId": "clerk",
            },
            result=members(
                {
                    "activationId": text(),
                    "activationName": text(),
                    "activationStatus": one_of(*(state.name for state in ActivationState)),
                }
            ),
            example={
                "activationId": ID,
                "activationName": "Petr's iPhone 7",
                "activationStatus": "ACTIVE",
            },
        ),
        f"{_BASE}lookup": method(
            _TAG,
            "Find activations of several users",
            _INVALID,
            description=(
                "`timestampLastUsedBefore` is exclusive, `timestampLastUsedAfter` inclusive; an "
                "activation has to have all of `activationFlags`."
            ),
            request={
                "userIds": ["alice", "bob"],
                "applicationIds": ["my-application"],
                "timestampLastUsedAfter": "2024-10-01T00:00:00.000+00:00",
                "activationStatus": "ACTIVE",
            },
            result=members({"activations": items(ref("ActivationListItem"))}),
            example={"activations": [ITEM_EXAMPLE]},
        ),
        f"{_BASE}status/update": method(
            _TAG,
            "Bring activations into a state",
            _INVALID,
            ErrorCode.ACTIVATION_STATE,
            description=(
                "From any other state, except that a removed activation stays removed: if there is "
                "one among them, nothing changes. Unknown activations are skipped."
            ),
            request={"activationIds": [ID], "activationStatus": "BLOCKED"},
            result=members({"updated": flag()}),
            example={"updated": True},
        ),
    }
)
