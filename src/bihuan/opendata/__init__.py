"""What is public, in two published forms: OParl 1.1 for the work, Popolo for people and their proposals."""
