"""What goes wrong must never make a verdict better, nor a sentence unclear."""
