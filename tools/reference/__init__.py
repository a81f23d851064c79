"""Generates docs/reference from the models (JSON Schemas, OpenAPI 3.1, AsyncAPI 3) and checks its compatibility."""
