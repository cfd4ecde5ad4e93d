"""What every test shares: reproducible randomness."""

from hypothesis import HealthCheck, settings

settings.register_profile("gridtie", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("gridtie")
