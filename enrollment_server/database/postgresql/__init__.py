"""Django's PostgreSQL back end, with prepared statements and a quiet check of its connections."""
