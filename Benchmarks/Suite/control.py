"""What touchmon's own commands say to their daemon: one JSON object on a line, over a socket in its state
directory. The protocol is touchmon's own, so this is of the version that it is measured with."""

import json
import os
import select
import socket
import time


class Control:
    def __init__(self, state):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(f"{state}/control")
        self.rest = b""

    def send(self, request, descriptor=None):
        line = json.dumps(request).encode() + b"\n"
        if descriptor is None:
            self.socket.sendall(line)
        else:
            socket.send_fds(self.socket, [line], [descriptor])

    def next(self, seconds=40):
        """The next line of the answer."""
        deadline = time.monotonic() + seconds
        while b"\n" not in self.rest:
            if not select.select([self.socket], [], [], max(0, deadline - time.monotonic()))[0]:
                raise RuntimeError(f"the daemon does not answer within {seconds} s")
            data = self.socket.recv(65536)
            if not data:
                raise RuntimeError("the daemon has ended")
            self.rest += data
        line, self.rest = self.rest.split(b"\n", 1)
        return json.loads(line)

    def close(self):
        self.socket.close()


def follow(state, path):
    """Touches a file as `touchmon touch --follow` does; returns when its run is said to have ended, and the
    status of that."""
    client = Control(state)
    file = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
    try:
        client.send({"request": "follow", "path": path}, file)
        while True:
            reply = client.next()
            event = reply.get("event")
            if event == "following":
                os.utime(file)
                os.close(file)
                file = -1
                client.send({"request": "touched", "at": time.clock_gettime_ns(time.CLOCK_MONOTONIC)})
            elif event not in ("waiting", "run"):
                return reply
    finally:
        client.close()
        if file >= 0:
            os.close(file)
