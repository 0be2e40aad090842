"""The applied plant: what stacks made, which plans were applied, and the record of every node."""

from gigaworks.inventory.plant.database import PlantError
from gigaworks.inventory.plant.store import HALL, RACK, Applied, Plant, Resource, plant_url

__all__ = ["HALL", "RACK", "Applied", "Plant", "PlantError", "Resource", "plant_url"]
