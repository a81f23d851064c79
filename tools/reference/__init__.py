"""The reference that is generated from the models: JSON Schemas, OpenAPI 3.1, AsyncAPI 3, and its guard."""
