"""Backups: every row and every file of one moment in one archive that either database can be rebuilt from."""
