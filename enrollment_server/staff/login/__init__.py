"""The steps of a login and their pages, from the password to a session and to its end."""
