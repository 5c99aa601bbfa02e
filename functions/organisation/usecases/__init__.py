"""What people do with the organisation, one module per process."""
