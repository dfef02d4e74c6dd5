"""The stand-in is as strict as the providers say they are."""
