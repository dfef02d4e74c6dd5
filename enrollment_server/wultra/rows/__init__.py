"""What becomes of a row of each table: pure functions of the row and of what it refers to."""
