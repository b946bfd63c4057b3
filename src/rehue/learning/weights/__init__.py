"""Weights: published encoders, exported models, and means of several."""
