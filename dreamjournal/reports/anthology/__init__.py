"""The sections of the dream anthology, and the choices of what stands with each dream."""
