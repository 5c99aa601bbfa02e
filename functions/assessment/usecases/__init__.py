"""What people and events do with assessment: one module per process, one function per intention."""
