"""One small reader for each kind of file: bytes in, mentions, claims and facts out; nothing is run or unpickled."""
