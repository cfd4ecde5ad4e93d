"""The certification program. It travels to sites as these files and needs Python 3.11 and NumPy; torch if there is any.

It measures and shows its work; it judges nothing. What it writes is believed only as far as the exchange can check it.
"""
