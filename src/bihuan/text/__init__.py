"""Chinese official documents read as structure: pure functions, no database, clock or network."""
