"""What the organisation takes and gives over HTTP."""
