"""Where cards and files come from, behind one small Protocol; and pure readers of what they say."""
