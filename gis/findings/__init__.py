"""From standings to findings: what is wanting, where, why, and how it is numbered."""

from gis.findings.findings import Findings, findings
from gis.findings.lane_network import lane_network
from gis.findings.lanes import lane_findings
from gis.findings.numbers import numbered, numbered_lanes

__all__ = ["Findings", "findings", "lane_findings", "lane_network", "numbered", "numbered_lanes"]
