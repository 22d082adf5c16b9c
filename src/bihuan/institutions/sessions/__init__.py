"""Sessions of the standing committee: agenda, material, attendance, speeches, votes, opinions, minutes."""
