"""What exchange takes and gives over HTTP."""
