"""What an AI model is made of, under whose terms, and who can change or stop it."""
