"""What grades takes and gives over HTTP. Words as in SS 12000 `Grade`."""
