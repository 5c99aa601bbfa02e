"""Files the register takes."""
