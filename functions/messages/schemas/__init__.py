"""What messages takes and gives over HTTP."""
