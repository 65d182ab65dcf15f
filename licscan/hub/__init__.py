"""Sources of cards and files, all of one Protocol; and pure readers of what cards and files say."""
