"""What everyone asks of each unit at the base: read from where it was asked, never stored."""
