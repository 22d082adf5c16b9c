"""Votes (表决、测评): declared rules, a frozen roll, ballots secret in storage, and a count that explains itself."""
