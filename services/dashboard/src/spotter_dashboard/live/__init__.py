"""The live team page: tiles, and the stream that feeds them."""
