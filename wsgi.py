"""The application, for a web server and for the flask command."""

import sys

from ussd_app import create_app
from ussd_app.config import BadSetting

try:
    app = create_app()
except BadSetting as error:
    sys.exit(str(error))
