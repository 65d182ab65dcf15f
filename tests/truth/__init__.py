"""What real models were made from, and the tests that measure against it."""
