"""The real client against a stand-in of the Hub on loopback."""
