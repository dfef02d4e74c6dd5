"""`application/detail`, which tells the algorithms instead of a key. Source: protocol-4.md 34.3."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from powerauth.engine.applications import applications, master_keys
from powerauth.engine.generations.four import allowed_suites
from powerauth.errors import ErrorCode
from powerauth.integration.applications import applications as v3
from powerauth.integration.applications import examples
from powerauth.integration.applications.answers import (
    ApplicationDetailV4,
    application_answer,
    version_answer,
)
from powerauth.integration.words import method


class DetailView(v3.DetailView):
    """`application/detail`; the master keys are in `mobileSdkConfig`."""

    endpoint = method(
        "Applications",
        "Show an application with all that a build of the app needs",
        ErrorCode.INVALID_REQUEST,
        ErrorCode.APPLICATION_NOT_FOUND,
        ErrorCode.NO_MASTER_KEY_PAIR,
        description="The public master keys are in `mobileSdkConfig`.",
        request=examples.BY_ID,
        example=ApplicationDetailV4(
            **examples.APPLICATION,
            versions=examples.DETAIL["versions"],
            supportedAlgorithms=["EC_P256", "EC_P384", "EC_P384_ML_L3"],
        ),
    )

    def call(  # type: ignore[override] # another answer than in `/rest/v3`
        self, body: Mapping[str, Any], *, at: datetime
    ) -> ApplicationDetailV4:
        application = applications.get(body["application_id"])
        public_keys = master_keys.public_keys(application.id)
        return {
            **application_answer(application),
            "versions": [
                version_answer(version, public_keys)
                for version in applications.versions(application)
            ],
            "supportedAlgorithms": allowed_suites.names(application.id),
        }
