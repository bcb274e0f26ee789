"""How a drawing looks: its font and its colours, for paper or for a theme of the screen."""

from __future__ import annotations

from dataclasses import dataclass

PAPER_FAMILY = "Source Sans 3"


@dataclass(frozen=True)
class Style:
    """Colours as #rrggbb; `scale` multiplies every text size, which is in points at 1.0."""

    family: str = PAPER_FAMILY
    paper: str = "#ffffff"
    ink: str = "#1a1a1a"
    muted: str = "#5c5c5c"
    line: str = "#b8b8b8"
    band: str = "#ececec"
    wash: str = "#f3f3f3"
    natural: str = "#17375e"
    enhanced: str = "#b8500f"
    stage_w: str = "#a38a4a"
    stage_rem: str = "#2b8a80"
    stage_light: str = "#34679a"
    stage_n3: str = "#1a2d52"
    stage_unspecified: str = "#6c7580"
    marker_pt: float = 3.6
    scale: float = 1.0

    def arm(self, arm: str) -> str:
        """The colour of an arm or condition."""
        return {"natural": self.natural, "enhanced": self.enhanced}.get(arm, self.muted)


PAPER = Style()
