"""The escalation ladder over what is recorded: proposals with evidence. People decide; nothing is written here."""
