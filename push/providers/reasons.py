"""Our own words for what never reached a provider."""

EXPIRED = "Expired"
TOO_LONG = "MessageTooLong"
