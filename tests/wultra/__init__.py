"""The move of a bank from the Java servers; `data` is what three of them wrote."""
