"""The tables of the integration API."""
