"""What happens to operations: made, shown to a phone, claimed, decided, expired, told to the bank.

Every rule that a race could break is here, under its lock. No HTTP, no texts for a screen.
"""
