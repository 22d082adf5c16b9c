"""Tables in and out: reading the ledgers offices send, writing the ones they ask for."""
