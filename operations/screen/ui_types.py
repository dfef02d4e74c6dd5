"""Screens and hints around the approval, as apps read them: mobile-token-api.md 7.

The bank's template may put in members of its own, which its apps know; they are passed on.
"""

from typing import Annotated, Literal, NotRequired, TypedDict

from enrollment_server.api.contract.shapes import Shape, one_of

PRE_APPROVAL_TYPES = frozenset({"WARNING", "INFO", "QR_SCAN"})
POST_APPROVAL_TYPES = frozenset({"REVIEW", "MERCHANT_REDIRECT", "GENERIC"})


class PreApprovalScreen(TypedDict):
    """What an app shows before the approval."""

    type: Annotated[str, one_of(*sorted(PRE_APPROVAL_TYPES))]
    heading: str
    message: str
    items: NotRequired[list[str]]
    approvalType: NotRequired[Literal["SLIDER"]]


class PostApprovalScreen(TypedDict):
    """What an app shows after the approval."""

    type: Annotated[str, one_of(*sorted(POST_APPROVAL_TYPES))]
    heading: str
    message: str
    payload: Annotated[dict[str, object], Shape("Depends on the type.")]


class UiExtensions(TypedDict, total=False):
    """What an app shows around the approval."""

    flipButtons: Annotated[bool, Shape("Swap approval and rejection.")]
    blockApprovalOnCall: Annotated[bool, Shape("No approval during a phone call.")]
    preApprovalScreen: PreApprovalScreen
    preApprovalScreens: Annotated[
        list[dict[str, object]], Shape("As the bank's template has them.")
    ]
    postApprovalScreen: PostApprovalScreen
    templates: Annotated[
        dict[str, object], Shape("Hints for lists, as the bank's template has them.")
    ]


class FreeMembers(TypedDict):
    """Members of which only the bank knows what they mean; any `TypedDict` admits them."""
