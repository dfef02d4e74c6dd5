"""Examples for the documents of these methods; keys and codes are made up."""

from datetime import datetime

from operations.integration.presentation import BankOperation, OperationTemplate

ID = "7e0ba60f-bf22-4ff5-b999-2733784e5eaa"
ACTIVATION_ID = "0e9d2a9f-6b1c-4d0f-9d0f-0d8a1c0a8d3e"
_IBAN = "CZ5508000000001234567899"
_CREATED_AT = datetime.fromisoformat("2024-10-24T07:25:28.123+00:00")
PARAMETERS = {"amount": "100", "currency": "CZK", "iban": _IBAN}
OPERATION: BankOperation = {
    "id": ID,
    "userId": "alice",
    "applications": ["my-application"],
    "externalId": None,
    "activationFlag": None,
    "operationType": "authorize_payment",
    "templateName": "payment",
    "data": f"A1*A100CZK*I{_IBAN}",
    "parameters": PARAMETERS,
    "additionalData": {},
    "status": "PENDING",
    "statusReason": None,
    "signatureType": ["POSSESSION_KNOWLEDGE", "POSSESSION_BIOMETRY"],
    "failureCount": 0,
    "maxFailureCount": 5,
    "timestampCreated": _CREATED_AT,
    "timestampExpires": datetime.fromisoformat("2024-10-24T07:30:28.123+00:00"),
    "timestampFinalized": None,
    "riskFlags": None,
    "proximityOtp": None,
    "activationId": None,
}
APPROVED: BankOperation = {
    **OPERATION,
    "status": "APPROVED",
    "timestampFinalized": datetime.fromisoformat("2024-10-24T07:26:01.500+00:00"),
}
ADDITIONAL_DATA = {"ipAddress": "203.0.113.7"}
PAGE_OF_USER = {
    "userId": "alice",
    "applications": ["my-application"],
    "pageNumber": 0,
    "pageSize": 100,
}

TEMPLATE: OperationTemplate = {
    "id": 1,
    "templateName": "payment",
    "operationType": "authorize_payment",
    "dataTemplate": "A1*A${amount}${currency}*I${iban}",
    "signatureType": ["POSSESSION_KNOWLEDGE", "POSSESSION_BIOMETRY"],
    "maxFailureCount": 5,
    "expiration": 300,
    "riskFlags": None,
    "proximityCheckEnabled": False,
}
# An update has the identifier, a creation has the name; both have the others.
TEMPLATE_VALUES = {
    name: value for name, value in TEMPLATE.items() if name not in {"id", "templateName"}
}

NONCE = "AD8bOO0Df73kNaIGb3Vmpg=="
OFFLINE_DATA = (
    f"{ID}\nPayment\nPlease confirm this payment\n{OPERATION['data']}\nB\n{NONCE}\n"
    "1MEYCIQDby1Uq+MaxiAAGzKmE/McHzNOUrvAP2qqGBvSgcdtyjgIhAMo1sgqNa1pPZTFBhhK9"
)
OFFLINE_REQUEST = {"operationId": ID, "activationId": ACTIVATION_ID, "language": "en"}
