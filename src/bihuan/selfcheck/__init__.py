"""The self-examination (自查): problems by heading with figures traced to their rows, measures with their state."""
