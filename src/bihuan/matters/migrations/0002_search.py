"""The full-text index, which no model describes: FTS5 on SQLite, `tsvector` with GIN on PostgreSQL."""

from django.db import migrations

MAKE = {
    "sqlite": [
        "CREATE VIRTUAL TABLE matters_index USING fts5("
        "title, body, tokenize = 'unicode61 remove_diacritics 0')",
    ],
    "postgresql": [
        "CREATE TABLE matters_index ("
        "matter_id bigint NOT NULL REFERENCES matters_matter (id) ON DELETE CASCADE,"
        "part integer NOT NULL, body tsvector NOT NULL, PRIMARY KEY (matter_id, part))",
        "CREATE INDEX matters_index_body ON matters_index USING gin (body)",
    ],
}


def make(apps, schema_editor):
    for statement in MAKE[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def unmake(apps, schema_editor):
    schema_editor.execute("DROP TABLE matters_index")


class Migration(migrations.Migration):
    dependencies = [("matters", "0001_initial")]
    operations = [migrations.RunPython(make, unmake)]
