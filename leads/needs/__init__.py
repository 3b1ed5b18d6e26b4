"""Needs: what clients want, recorded, analysed, acted on (needs/1, needs/2, needs/3)."""
