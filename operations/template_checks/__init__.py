"""What is wrong with a template, told before a user decides by it. Pure: no rows, no settings.

A mistyped word costs nothing here. On a phone, it is an amount that nobody sees.
"""
