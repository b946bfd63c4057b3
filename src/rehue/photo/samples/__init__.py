"""Samples: their depth, Pillow's pictures, orientation, and colour management."""
