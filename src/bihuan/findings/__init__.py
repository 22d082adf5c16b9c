"""What the checks found: over all rows at night and on demand, and over one row before it is sent."""
