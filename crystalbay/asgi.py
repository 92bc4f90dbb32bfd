import os

import django

from integrations.webhooks.site import Site

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crystalbay.settings")
django.setup(set_prefix=False)
application = Site()
