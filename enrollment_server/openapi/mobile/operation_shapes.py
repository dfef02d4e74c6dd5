"""Schemas of the operation that a phone shows: mobile-token-api.md 4.1, 5.2 and 7."""

from enrollment_server.openapi.shapes import (
    Schema,
    any_of,
    decimal,
    dictionary,
    flag,
    items,
    members,
    moment,
    one_of,
    ref,
    text,
    whole,
)

_STATES = ("PENDING", "APPROVED", "REJECTED", "CANCELED", "EXPIRED", "FAILED")
_VARIANTS = ("possession_knowledge", "possession_biometry", "possession")


def _attribute(
    kind: str, required: dict[str, Schema] | None = None, optional: dict[str, Schema] | None = None
) -> Schema:
    return members(
        {"type": one_of(kind), "id": text(), "label": text(), **(required or {})}, optional
    )


def _amount(prefix: str = "") -> dict[str, Schema]:
    def name(word: str) -> str:
        return f"{prefix}{word.capitalize()}" if prefix else word

    return {
        name("currency"): text("As the operation has it."),
        f"{name('amount')}Formatted": text("In the language of the request."),
        f"{name('currency')}Formatted": text("Symbol in the language of the request."),
        f"{name('value')}Formatted": text("Amount with currency."),
    }


_NUMBER = decimal("Left out if the operation's amount is no number.")

_ATTRIBUTES: dict[str, Schema] = {
    "AmountAttribute": _attribute("AMOUNT", _amount(), {"amount": _NUMBER}),
    "AmountConversionAttribute": _attribute(
        "AMOUNT_CONVERSION",
        {"dynamic": flag("The rate may still change."), **_amount("source"), **_amount("target")},
        {"sourceAmount": _NUMBER, "targetAmount": _NUMBER},
    ),
    "KeyValueAttribute": _attribute("KEY_VALUE", {"value": text()}),
    "NoteAttribute": _attribute("NOTE", {"note": text("May have several lines.")}),
    "HeadingAttribute": _attribute("HEADING", {"level": whole()}),
    "AlertAttribute": _attribute(
        "ALERT",
        {"alertType": one_of("SUCCESS", "INFO", "WARNING", "ERROR"), "message": text()},
        {"title": text()},
    ),
    "ImageAttribute": _attribute("IMAGE", {"thumbnailUrl": text()}, {"originalUrl": text()}),
    "PartyInfoAttribute": _attribute("PARTY_INFO", {"partyInfo": ref("PartyInfo")}),
}

SCHEMAS: dict[str, Schema] = {
    "Operation": members(
        {
            "id": text("Opaque; a UUID."),
            "name": text("Type of the operation."),
            "data": text("What is signed; the app sends it back as it is."),
            "status": one_of(*_STATES),
            "operationCreated": moment("UTC, whole seconds.", example="2018-07-02T14:43:13+0000"),
            "operationExpires": moment("UTC, whole seconds.", example="2018-07-02T14:48:13+0000"),
            "allowedSignatureType": ref("AllowedSignatureType"),
            "formData": ref("FormData"),
        },
        {"statusReason": text("Why a back end canceled it."), "ui": ref("UiExtensions")},
    ),
    "AllowedSignatureType": members(
        {
            "type": one_of("1FA", "2FA", "ECDSA", description="`ECDSA` is reserved."),
            "variants": items(one_of(*_VARIANTS), "Empty for `1FA`."),
        }
    ),
    "FormData": members(
        {"title": text(), "message": text(), "attributes": items(ref("Attribute"))},
        {"resultTexts": ref("ResultTexts")},
    ),
    "ResultTexts": members(
        optional={"success": text(), "failure": text(), "reject": text()},
        description="What the app shows afterwards; it has its own texts besides.",
    ),
    "Attribute": any_of(
        *(ref(name) for name in _ATTRIBUTES),
        description="`type` is always the first member. Apps skip types that they do not know.",
    ),
    **_ATTRIBUTES,
    "PartyInfo": members(
        {"logoUrl": text(), "name": text(), "description": text()}, {"websiteUrl": text()}
    ),
    "UiExtensions": members(
        optional={
            "flipButtons": flag("Swap approval and rejection."),
            "blockApprovalOnCall": flag("No approval during a phone call."),
            "preApprovalScreen": ref("PreApprovalScreen"),
            "preApprovalScreens": items(members(), "As the bank's template has them."),
            "postApprovalScreen": ref("PostApprovalScreen"),
            "templates": dictionary({}, "Hints for lists, as the bank's template has them."),
        },
        description="What an app shows around the approval.",
    ),
    "PreApprovalScreen": members(
        {"type": one_of("WARNING", "INFO", "QR_SCAN"), "heading": text(), "message": text()},
        {"items": items(text()), "approvalType": one_of("SLIDER")},
    ),
    "PostApprovalScreen": members(
        {
            "type": one_of("REVIEW", "MERCHANT_REDIRECT", "GENERIC"),
            "heading": text(),
            "message": text(),
            "payload": members(description="Depends on the type."),
        }
    ),
}

EXAMPLE: dict[str, object] = {
    "id": "7e0ba60f-bf22-4ff5-b999-2733784e5eaa",
    "name": "authorize_payment",
    "data": "A1*A2199.40CZK*Q238400856/0300**D20180702*NUtility Bill Payment - 05/2018",
    "status": "PENDING",
    "operationCreated": "2018-07-02T14:43:13+0000",
    "operationExpires": "2018-07-02T14:48:13+0000",
    "allowedSignatureType": {
        "type": "2FA",
        "variants": ["possession_knowledge", "possession_biometry"],
    },
    "formData": {
        "title": "Confirm Payment",
        "message": "Hello,\nplease confirm following payment:",
        "attributes": [
            {
                "type": "HEADING",
                "id": "operation.heading",
                "label": "Utility Payment",
                "level": 0,
            },
            {
                "type": "AMOUNT",
                "id": "operation.amount",
                "label": "Amount",
                "amount": 2199.40,
                "currency": "CZK",
                "amountFormatted": "2,199.40",
                "currencyFormatted": "CZK",
                "valueFormatted": "CZK2,199.40",
            },
            {
                "type": "KEY_VALUE",
                "id": "operation.account",
                "label": "To Account",
                "value": "238400856/0300",
            },
            {
                "type": "NOTE",
                "id": "operation.note",
                "label": "Note",
                "note": "Utility Bill Payment - 05/2018",
            },
        ],
    },
}
