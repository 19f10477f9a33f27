"""Papers made of a plan."""
