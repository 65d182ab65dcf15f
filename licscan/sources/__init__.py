"""Sources of cards and files, all of one Protocol: the Hub, its cache, recordings, the catalogue, folders and bills."""
