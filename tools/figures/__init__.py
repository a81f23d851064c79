"""The figures of the model's accuracy: their record in docs/accuracy, and the pages with them."""
