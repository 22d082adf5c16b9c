"""Judges and procurators: which cases and experts may be drawn, and how score sheets are counted."""
