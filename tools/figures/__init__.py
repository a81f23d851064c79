"""The figures of the model's accuracy: a small record in docs/accuracy, and the pages that state them."""
