"""Dates and times in German."""

DATETIME_FORMAT = "d.m.Y H:i:s T"
SHORT_DATETIME_FORMAT = DATETIME_FORMAT
