"""The words of the house: frozen values without input, output or logging."""
