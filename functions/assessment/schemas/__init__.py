"""What assessment takes and gives over HTTP."""
