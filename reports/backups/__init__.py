"""Backups: everything that the portal keeps, database and files, in one archive, and the way back.

An archive is a tar in gzip between two marks: which format it is in, and the SHA-256 of all that comes before the
last (`envelope`); encrypted, it is an age file around that. `tar xzf`, and `age -d`, open it without the portal. Its
tables are lines of JSON that no database's own format is in, so that a backup moves between PostgreSQL and SQLite.
"""
