"""Service guides: for each matter and place, what a citizen reads; inherited from above, supplemented below."""
