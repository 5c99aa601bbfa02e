"""What people do with the register, one module per process."""
