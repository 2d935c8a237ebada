import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from fifthcall.web.rooms import Rooms

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fifthcall.settings")
application = Rooms(get_wsgi_application())
_ = get_resolver().url_patterns  # load all pages, else the first who asks waits for it
# What is loaded by now stays: looking all through it again and again would hold up a page for a tenth of a second.
gc.collect()
gc.freeze()
