"""What is measured: a row for each kind of request, with the requests that make its load."""
