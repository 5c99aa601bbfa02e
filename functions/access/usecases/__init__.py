"""Who is signed in, and which processes the system serves."""
