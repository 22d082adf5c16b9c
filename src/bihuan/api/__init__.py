"""Interfaces for other programs: lists and acts over HTTP, signed notices, calendars, open data."""
