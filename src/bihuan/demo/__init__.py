"""An invented congress to look at (演示): 江州市, with five years of work, built by the doors real use takes."""
