"""`python3 -m infra run`: the one command line. It needs nothing but Python; the first call installs the
rest."""

import sys

if sys.version_info < (3, 11):
    sys.exit(
        "Skolkit needs Python 3.11 or newer, and this is %d.%d (%s).\n"
        "Install a newer one and call it by name, for example: python3.12 -m infra run"
        % (sys.version_info[0], sys.version_info[1], sys.executable)
    )

from infra.local import bootstrap

sys.exit(bootstrap.main(sys.argv[1:]))
