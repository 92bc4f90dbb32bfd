from itertools import count

from leads.models import Client
from leads.services import Actor, create_lead

_numbers = count(1)
BOARD = Actor(user=None, origin="board")


def make_client(**overrides):
    return Client.objects.create(**{"name": f"Клиент {next(_numbers)}"} | overrides)


def make_lead(client=None, *, source="webchat"):
    return create_lead(client or make_client(), source=source, actor=BOARD)
