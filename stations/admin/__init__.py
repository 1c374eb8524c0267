"""The network of stations, their standards, people, rota, inspection and receptions."""

from stations.admin import inspection, network, places, rota, standards
from stations.admin.network import ReceptionAdmin

__all__ = ["ReceptionAdmin", "inspection", "network", "places", "rota", "standards"]
