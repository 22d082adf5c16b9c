"""Everyone the standing committee appointed: dossiers that gather by themselves, and the coverage of the term."""
