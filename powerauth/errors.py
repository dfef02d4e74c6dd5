"""Why the engine refuses: the codes of integration-api.md 2, shared by every backend."""

from enum import StrEnum


class ErrorCode(StrEnum):
    """An error code of the engine with its fixed English text."""

    message: str

    def __new__(cls, code: str, message: str) -> "ErrorCode":
        member = str.__new__(cls, code)
        member._value_ = code
        member.message = message
        return member

    UNKNOWN = "ERR0000", "Unknown error occurred."
    NO_USER_ID = "ERR0001", "No user ID was set."
    NO_APPLICATION_ID = "ERR0002", "No application ID was set."
    NO_MASTER_KEY_PAIR = "ERR0003", "No master server key pair configured in database."
    MASTER_KEY_FORMAT = (
        "ERR0004",
        "Master server key pair contains private key in incorrect format.",
    )
    NO_ACTIVATION_ID_LEFT = "ERR0005", "Too many failed attempts to generate activation ID."
    NO_ACTIVATION_CODE_LEFT = "ERR0006", "Too many failed attempts to generate activation code."
    ACTIVATION_EXPIRED = "ERR0007", "This activation is already expired."
    ACTIVATION_STATE = "ERR0008", "Incorrect activation state."
    ACTIVATION_NOT_FOUND = "ERR0009", "Activation with given activation ID was not found."
    KEY_FORMAT = "ERR0010", "Key with invalid format was provided."
    INPUT_FORMAT = "ERR0011", "Invalid input parameter format."
    INVALID_SIGNATURE = "ERR0012", "Invalid Signature Provided."
    NO_SIGNATURE = "ERR0013", "Unable to compute signature."
    URL_FORMAT = "ERR0014", "Invalid URL format."
    APPLICATION_NOT_FOUND = "ERR0015", "Application or application version does not exist."
    TOKEN_NOT_FOUND = "ERR0016", "Token with given token ID does not exist."
    ENCRYPTION_FAILED = "ERR0017", "Data encryption failed."
    DECRYPTION_FAILED = "ERR0018", "Data decryption failed."
    TOKEN_NOT_GENERATED = "ERR0019", "Token was not successfully generated."
    NO_MASTER_DB_KEY = "ERR0020", "Master DB encryption key is not configured."
    ENCRYPTION_MODE = "ERR0021", "Unsupported encryption mode."
    CRYPTOGRAPHY = "ERR0022", "Generic cryptography error occurred."
    CRYPTOGRAPHY_PROVIDER = "ERR0023", "Cryptography provider is initialized incorrectly."
    INVALID_REQUEST = "ERR0024", "Invalid request received."
    RECOVERY_CODE_EXISTS = "ERR0025", "Recovery code already exists."
    NO_RECOVERY_CODE_LEFT = "ERR0026", "Too many failed attempts to generate recovery code."
    RECOVERY_CODE_NOT_FOUND = "ERR0027", "Recovery code was not found."
    INVALID_RECOVERY_CODE = "ERR0028", "Invalid recovery code."
    RECOVERY_CONFIGURATION = (
        "ERR0029",
        "Recovery code configuration is missing or incomplete.",
    )
    TIMESTAMP_TOO_OLD = "ERR0030", "Token timestamp is too old."
    INVALID_OTP = "ERR0031", "Activation OTP does not match value stored in database."
    OTP_MODE = "ERR0032", "Activation OTP used in the wrong OTP validation mode."
    OPERATION_TEMPLATE_NOT_FOUND = "ERR0033", "Operation template was not found."
    OPERATION_NOT_FOUND = "ERR0034", "Operation was not found."
    NO_OPERATION_ID_LEFT = "ERR0035", "Too many failed attempts to generate operation ID."
    OPERATION_STATE = "ERR0036", "Operation state is invalid for the requested change."
    OPERATION_NOT_APPROVABLE = "ERR0037", "Operation cannot be approved."
    OPERATION_NOT_REJECTABLE = "ERR0038", "Operation cannot be rejected."
    OPERATION_TEMPLATE_EXISTS = "ERR0039", "Operation template already exists."
    ACTIVATION_PROPERTIES = (
        "ERR0040",
        "Activation cannot be created with the specified properties.",
    )
    OPERATION_ERROR = "ERR0041", "Operation related error occurred."
    OPERATION_TEMPLATE_ERROR = "ERR0042", "Operation template related error occurred."
    DUPLICATE_APPLICATION = "ERR0043", "Duplicate application or application version."
    TIMESTAMP_IN_FUTURE = "ERR0044", "Token timestamp is too much in the future."
    TEMPORARY_KEY_MISSING = "ERR0045", "Missing temporary key pair."
    ALGORITHM_NOT_SUPPORTED = "ERR0046", "Cryptography algorithm is not supported."
    VERSION_NOT_SUPPORTED = "ERR0047", "Protocol version is not supported."


class EngineRefusal(Exception):
    """The engine refuses a call; what it wrote before refusing stays written.

    Args:
        code: the documented reason.
        message: replaces the code's text where the document gives a validator's text.
        member: which member of the request the message is about, by its name on the wire.
    """

    def __init__(self, code: ErrorCode, message: str | None = None, *, member: str = "") -> None:
        self.code = code
        self.message = message or code.message
        self.member = member
        super().__init__(self.message)

    @property
    def log_details(self) -> dict[str, str]:
        """What a log line about the refusal says: no value of the request."""
        return {"reason": self.code.value, "member": self.member}


class RemoteFailure(EngineRefusal):
    """Another server that is the engine did not answer, or not as it is documented.

    Whether it did what it was asked is not known. The line in the log is written where it failed.
    """

    def __init__(self, call: str, reason: str) -> None:
        self.call = call
        self.reason = reason
        super().__init__(ErrorCode.UNKNOWN, f"{call}: {reason}")

    @property
    def log_details(self) -> dict[str, str]:
        """What a log line about the failure says: no value of the request or the answer."""
        return {"reason": self.reason, "call": self.call}
