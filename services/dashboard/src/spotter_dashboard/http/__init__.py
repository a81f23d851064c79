"""What the dashboard's routes share."""
