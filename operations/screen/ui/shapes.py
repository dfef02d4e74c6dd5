"""Screens and hints around the approval, as apps read them: mobile-token-api.md 7.

The bank's template may put in members of its own, which its apps know; they are passed on.
"""

from typing import Annotated, Literal, NotRequired, TypedDict

from enrollment_server.api.contract.shapes import Shape, one_of

PRE_APPROVAL_TYPES = frozenset({"WARNING", "INFO", "QR_SCAN"})
POST_APPROVAL_TYPES = frozenset({"REVIEW", "MERCHANT_REDIRECT", "GENERIC"})
# Apps for iOS know `LISTITEM` and `REJECT` besides: mobile-token-api.md 7.4.
ELEMENT_TYPES = frozenset({"ALERT", "LIST_ITEM", "LISTITEM", "BUTTON"})
STYLES = frozenset({"INFO", "WARNING", "DANGER"})
ACTIONS = frozenset({"LINK", "MAIL", "PHONE", "REJECT"})
AXES = frozenset({"HORIZONTAL", "VERTICAL"})
DECLINE_TYPES = frozenset({"BACK", "REJECT"})
APPROVE_TYPES = frozenset({"SLIDER", "BUTTON"})


class PreApprovalScreen(TypedDict):
    """What an app of line 1.x shows before the approval."""

    type: Annotated[str, one_of(*sorted(PRE_APPROVAL_TYPES))]
    heading: str
    message: str
    items: NotRequired[list[str]]
    approvalType: NotRequired[Literal["SLIDER"]]


class ScreenElement(TypedDict):
    """A part of a screen, by its type: a warning, an entry of a list, a button."""

    id: str
    type: Annotated[str, one_of(*sorted(ELEMENT_TYPES))]
    text: str
    style: NotRequired[Annotated[str, one_of(*sorted(STYLES))]]
    icon: NotRequired[Annotated[str, Shape("Of a list item.")]]
    action: NotRequired[Annotated[str, one_of(*sorted(ACTIONS))]]
    href: NotRequired[Annotated[str, Shape("Where a button leads.")]]
    actionSettings: NotRequired[
        Annotated[dict[str, object], Shape("As the bank's template has them.")]
    ]


class DeclineControl(TypedDict):
    """How the user leaves a screen without going on."""

    type: Annotated[str, one_of(*sorted(DECLINE_TYPES))]
    text: NotRequired[str]


class ApproveControl(TypedDict):
    """How the user goes on."""

    type: Annotated[str, one_of(*sorted(APPROVE_TYPES))]
    text: NotRequired[str]
    counter: NotRequired[Annotated[int, Shape("Seconds until it can be used.")]]


class ScreenControls(TypedDict, total=False):
    """What the user can do with a screen."""

    flip: Annotated[bool, Shape("Swap the two.")]
    axis: Annotated[str, one_of(*sorted(AXES))]
    decline: DeclineControl
    approve: ApproveControl


class ListedScreen(TypedDict):
    """What an app of line 2.x shows before the approval."""

    id: Annotated[str, Shape("Reported back in `mobileTokenData`.")]
    type: Annotated[str, one_of(*sorted(PRE_APPROVAL_TYPES))]
    backButton: NotRequired[bool]
    image: NotRequired[Annotated[str, Shape("Name of a picture inside of the app.")]]
    heading: str
    message: str
    elements: NotRequired[list[ScreenElement]]
    controls: NotRequired[ScreenControls]


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
    preApprovalScreen: Annotated[
        PreApprovalScreen,
        Shape("Deprecated; apps of line 2.x prefer the list.", keywords={"deprecated": True}),
    ]
    preApprovalScreens: Annotated[list[ListedScreen], Shape("In the order in which they appear.")]
    postApprovalScreen: PostApprovalScreen
    templates: Annotated[
        dict[str, object], Shape("Hints for lists, as the bank's template has them.")
    ]


class FreeMembers(TypedDict):
    """Members of which only the bank knows what they mean; any `TypedDict` admits them."""
