"""Weights that a run starts from: published encoders, earlier runs, exported models, means."""
