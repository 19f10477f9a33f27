"""Where drafting speaks outside formats."""
