"""Claims become licences; licences become burdens along the links."""
