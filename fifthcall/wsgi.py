import os

from django.core.wsgi import get_wsgi_application

from fifthcall.web.rooms import Rooms

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fifthcall.settings")
application = Rooms(get_wsgi_application())
