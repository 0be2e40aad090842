"""Quality of service for RoCE: what hosts mark, and how a switch turns the mark into a lossless queue."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from gigaworks.inventory.model.noun import Noun

Class = Annotated[int, Field(ge=0, le=7)]
# SONiC's stock maps: sonic-buildimage, files/build_templates/qos_config.j2
_STOCK_DSCP = {"3": 3, "4": 4, "5": 2, "8": 0, "46": 5, "48": 6}  # every other DSCP goes to traffic class 1
_STOCK_PG = {"3": 3, "4": 4, "7": 7}  # every other traffic class goes to priority group 0


class QosMapsNoun(Noun):
    """The maps of a switch, as SONiC names them; what is not written is SONiC's stock map.

    ``pfc`` lists the priorities that pause, ``ecn`` the queues that mark.
    """

    dscp_to_tc: dict[str, Class] = Field(default={})
    tc_to_pg: dict[str, Class] = Field(default={})
    tc_to_queue: dict[str, Class] = Field(default={})
    pfc: list[Class] = Field(default=[3, 4])
    ecn: list[Class] = Field(default=[3, 4])

    def traffic_class(self, dscp: int) -> int:
        """Return the traffic class of a DSCP."""
        return self.dscp_to_tc.get(str(dscp), _STOCK_DSCP.get(str(dscp), 1))

    def priority_group(self, traffic_class: int) -> int:
        """Return the priority group, into which a packet of that traffic class comes in."""
        return self.tc_to_pg.get(str(traffic_class), _STOCK_PG.get(str(traffic_class), 0))

    def queue(self, traffic_class: int) -> int:
        """Return the queue from which a packet of that traffic class goes out."""
        return self.tc_to_queue.get(str(traffic_class), traffic_class)


class QosNoun(QosMapsNoun):
    """The way of RoCE through a fabric: hosts mark with ``dscp`` and pause ``priority``; each switch has these maps."""

    dscp: Annotated[int, Field(ge=0, le=63)] = 26
    priority: Class = 3
