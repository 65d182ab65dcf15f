"""What licences come to along the links: verdicts, use limits, obligations, effective terms and the release."""
