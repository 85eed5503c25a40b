"""Database engine: Django's PostgreSQL backend with foreign keys that are not deferred, and logs without values."""

from typing import Any

from django.db.backends.postgresql import base, operations, schema


class DatabaseOperations(operations.DatabaseOperations):
    def deferrable_sql(self) -> str:
        return ""

    def last_executed_query(self, cursor: Any, sql: Any, params: Any) -> str:
        """The statement as it was written: what is logged or shown while debugging holds nothing that people wrote."""
        return str(sql)


class DatabaseSchemaEditor(schema.DatabaseSchemaEditor):
    # Django's own text ends with SET CONSTRAINTS … IMMEDIATE, an error on a key that is immediate already.
    sql_create_column_inline_fk = "CONSTRAINT %(name)s REFERENCES %(to_table)s(%(to_column)s)%(deferrable)s"
    sql_delete_fk = "ALTER TABLE %(table)s DROP CONSTRAINT %(name)s"


class DatabaseWrapper(base.DatabaseWrapper):
    ops_class = DatabaseOperations
    SchemaEditorClass = DatabaseSchemaEditor
