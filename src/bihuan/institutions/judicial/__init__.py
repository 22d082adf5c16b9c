"""Judges and procurators: which cases and experts may be drawn, and how scoring sheets are counted."""
