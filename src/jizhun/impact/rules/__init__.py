"""What a change moves, and whom that touches. Pure."""
