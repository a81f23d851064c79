"""All SQL: tables, migrations and queries."""
