"""What is true of case records before anything is stored: the contract, mapping files, look-ups. Pure."""
