"""Dates and times in Czech."""

DATETIME_FORMAT = "j. n. Y H:i:s T"
SHORT_DATETIME_FORMAT = DATETIME_FORMAT
