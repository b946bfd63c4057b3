"""What makes the coloured picture at full size: chroma brought up and laid over its lightness."""
