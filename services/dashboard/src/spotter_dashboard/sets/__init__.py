"""Sets as the query API returns them."""
