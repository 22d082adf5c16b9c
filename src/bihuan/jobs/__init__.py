"""Work done in the background (后台任务): kept in the database, claimed by workers, finished once."""
