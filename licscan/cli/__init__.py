"""The terminal: the only place that prints, parses arguments and knows exit codes."""
