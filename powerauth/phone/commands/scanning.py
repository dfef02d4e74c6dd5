"""The subcommand ``offline``: a scanned QR code in, the digits to type out."""

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from pathlib import Path

from powerauth.phone.commands import console
from powerauth.phone.errors import BadQrCode
from powerauth.phone.phone import Phone

STDIN = "-"
FILE_PREFIX = "@"


def add_offline_arguments(parser: ArgumentParser) -> None:
    """Add the arguments of ``offline``."""
    parser.add_argument(
        "qr", metavar="QR", help="text of the QR code; - reads it from the input, @FILE from a file"
    )
    parser.add_argument(
        "--biometry", action="store_true", help="sign with biometry instead of the PIN"
    )


def offline(phone: Phone, options: Namespace, pin: Callable[[], str]) -> str:
    """Check the QR code, and give the text to show: the operation, and the code as last line."""
    operation = phone.scan(_qr_text(options.qr))
    code = phone.offline_code(
        operation, pin=None if options.biometry else pin(), biometry=options.biometry
    )
    return f"{console.offline_text(operation)}\n\n{code}"


def _qr_text(argument: str) -> str:
    text = _read(argument)
    # Clipboards and editors change line ends, and add one.
    return text.replace("\r\n", "\n").strip("\n")


def _read(argument: str) -> str:
    try:
        if argument == STDIN:
            return sys.stdin.read()
        if argument.startswith(FILE_PREFIX):
            return Path(argument[len(FILE_PREFIX) :]).read_bytes().decode()
    except (OSError, UnicodeDecodeError) as error:
        raise BadQrCode("the text of the QR code cannot be read") from error
    return argument
