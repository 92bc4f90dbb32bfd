from __future__ import annotations

from django.db import models


class CallPace(models.Model):
    """How far the calls to one foreign account have filled its limit, for all workers together.

    `busy_until` is in seconds since 1970: the moment at which the allowance would be whole again.
    """

    key = models.CharField(max_length=80, unique=True)
    busy_until = models.FloatField(default=0)
