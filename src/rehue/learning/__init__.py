"""Training, with PyTorch and Lightning (extra `train`); nothing outside this room imports torch."""
