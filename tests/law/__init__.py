"""The law along the links, case by case."""
