"""What is done with plans, one function an act."""
