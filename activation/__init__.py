"""What phones ask of this app: codes for another application, and providers to log in at.

What an activation is belongs to `powerauth`.
"""
