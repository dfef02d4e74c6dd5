"""A PowerAuth Server elsewhere, called by `/rest/v3`: its calls, and what its answers mean."""
