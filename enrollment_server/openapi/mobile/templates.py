"""The bank's form templates, for its staff: mobile-token-api.md 11.2."""

from enrollment_server.api.errors import NotFound
from enrollment_server.openapi.endpoints import Catalogue, Endpoint
from enrollment_server.openapi.envelopes import answered, ok_example
from enrollment_server.openapi.shapes import Schema, dictionary, items, members, ref, text
from operations.mobile.template_list import TryAgain

_SCHEMAS: dict[str, Schema] = {
    "FormTemplate": members(
        {
            "name": text("Type of the operation."),
            "title": text(),
            "message": text(),
            "language": text(),
        },
        {"attributes": items({}), "resultTexts": dictionary({})},
    )
}

CATALOGUE = Catalogue(
    schemas=_SCHEMAS,
    endpoints={
        "/api/admin/template": Endpoint(
            tag="Administration",
            summary="List the form templates",
            description="Placeholders stay as they are.",
            result=answered(items(ref("FormTemplate"))),
            result_example=ok_example(
                [
                    {
                        "name": "authorize_payment",
                        "title": "Confirm Payment",
                        "message": "Please confirm the payment to ${iban}",
                        "attributes": [
                            {
                                "id": "operation.amount",
                                "type": "AMOUNT",
                                "text": "Amount",
                                "params": {"amount": "amount", "currency": "currency"},
                            }
                        ],
                        "language": "en",
                    }
                ]
            ),
            refusals=(NotFound, TryAgain),
        ),
    },
)
