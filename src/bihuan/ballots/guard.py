"""The tables of this room that are written once and for good: published papers and closings."""

TABLES = ("ballots_closing", "ballots_paper")
