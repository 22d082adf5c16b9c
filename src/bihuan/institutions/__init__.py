"""One folder an institution. Those that are packages too are found by `loop/rooms.py`; nothing imports them."""
