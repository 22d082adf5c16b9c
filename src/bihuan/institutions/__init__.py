"""Institutions: one folder each."""
