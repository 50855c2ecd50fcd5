"""Fuzz campaigns: what fuzz/campaign is made of."""
