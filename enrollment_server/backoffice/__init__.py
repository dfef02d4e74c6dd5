"""Pages of the back office that belong to no table: of a customer, of a search, of an error."""
