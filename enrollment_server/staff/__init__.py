"""Who may enter the back office, and how: password, second factor, the bank's own provider.

What somebody may do inside is a matter of rights, and of each admin.
"""
