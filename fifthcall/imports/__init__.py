"""Files in, exports out."""
