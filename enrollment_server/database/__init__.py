"""The database as the hot paths use it: statements that are compiled and prepared once.

It knows no app. Models stay the only description of the tables.
"""
