"""What is true of pilots: pure, the day is an argument."""
