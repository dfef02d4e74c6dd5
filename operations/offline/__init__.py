"""Approval without a network: the text of a QR code, and the code that a person types."""
