"""The standard PowerAuth API below `/pa/v3/`, which phones call: standard-rest-api.md."""
