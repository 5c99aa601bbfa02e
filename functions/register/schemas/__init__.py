"""What the register takes and gives over HTTP."""
