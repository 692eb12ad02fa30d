"""Uploaded pictures, sounds, videos and files: taken in, kept, handed out and erased."""
