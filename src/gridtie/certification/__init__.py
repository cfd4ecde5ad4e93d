"""Testing what a resource really does: plan, challenge, evidence, verdict, certificate. Pure: time and chance come in."""
