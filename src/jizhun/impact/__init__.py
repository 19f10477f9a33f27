"""What a change would do to everything that hangs on it: reads all rooms, keeps nothing."""
