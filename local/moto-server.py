"""Serves moto on a free port of 127.0.0.1 and ends when its parent does.

Prints the port as its first line. The parent holds the other end of stdin: when the parent ends, however
it ends, stdin closes and this process leaves too.
"""

import os
import signal
import sys

os.environ["TEST_SERVER_MODE"] = "true"

from moto.moto_server.threaded_moto_server import ThreadedMotoServer  # noqa: E402

# A Ctrl-C on the terminal reaches everybody; the engine still needs AWS to end in good order.
signal.signal(signal.SIGINT, signal.SIG_IGN)

server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
print(server.get_host_and_port()[1], flush=True)
sys.stdin.read()
os._exit(0)
