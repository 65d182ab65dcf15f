"""Which stretches of two models are read to compare them, and what the samples say."""
