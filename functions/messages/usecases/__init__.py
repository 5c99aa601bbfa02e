"""What people and events do with messages, one module per subject."""
