"""Pilots: programmes, who takes part, what they do and show, whether it worked, and what others take over."""
