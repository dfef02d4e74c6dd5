"""Applications as the documents show them."""

from powerauth.integration.applications.answers import (
    Application,
    ApplicationDetail,
    ApplicationId,
    NewApplicationVersion,
    VersionCredentials,
)

BY_ID: ApplicationId = {"applicationId": "my-application"}
BY_VERSION = {**BY_ID, "applicationVersionId": "default"}
APPLICATION: Application = {**BY_ID, "applicationRoles": ["ROLE1"]}
CREDENTIALS: VersionCredentials = {
    "applicationVersionId": "default",
    "applicationKey": "w4+hAeogFLTZjcSjPwbG2g==",
    "applicationSecret": "Szls/7JWbKN+FAOijHcsPA==",
    "supported": True,
}
NEW_VERSION: NewApplicationVersion = {**CREDENTIALS, "applicationVersionName": None}
DETAIL: ApplicationDetail = {
    **APPLICATION,
    "masterPublicKey": (
        "BEEOwljSgItBIAnzr3f7K36s+KKoUzC8LE+K+7Dy0X6iAkcPXAjLP1KKPxdqyM/iihHAcW5x/WzJPCbtytcJo2w="
    ),
    "versions": [
        {
            **CREDENTIALS,
            "mobileSdkConfig": (
                "ARDDj6EB6iAUtNmNxKM/BsbaEEs5bP+yVmyjfhQDoox3LDwBAUEEQQ7CWNKAi0EgCfOvd/srfqz4oqhT"
                "MLwsT4r7sPLRfqICRw9cCMs/Uoo/F2rIz+KKEcBxbnH9bMk8Ju3K1wmjbA=="
            ),
        }
    ],
}
