"""An operation as the documents show it."""

from decimal import Decimal

from operations.screen.presentation import Operation

ID = "7e0ba60f-bf22-4ff5-b999-2733784e5eaa"
BY_ID = {"id": ID}
OPERATION: Operation = {
    "id": ID,
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
                "amount": Decimal("2199.40"),
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
APPROVED: Operation = {**OPERATION, "status": "APPROVED"}
APPROVAL = {
    "id": ID,
    "data": OPERATION["data"],
    "proximityCheck": {
        "otp": "12345678",
        "type": "QR_CODE",
        "timestampReceived": "2018-07-02T14:43:13Z",
        "timestampSent": "2018-07-02T14:43:14Z",
    },
}
REJECTION = {"id": ID, "reason": "UNEXPECTED_OPERATION"}
