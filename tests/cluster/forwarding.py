"""Passes connections on: `python forwarding.py FROM_HOST TO_HOST PORT...`, until it is killed."""

from __future__ import annotations

import socket
import sys
import threading


def pump(source: socket.socket, target: socket.socket) -> None:
    try:
        while piece := source.recv(65_536):
            target.sendall(piece)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        return


def forward(host: str, to: str, port: int) -> None:
    door = socket.create_server((host, port), backlog=50)
    while True:
        near, _ = door.accept()
        try:
            far = socket.create_connection((to, port), 10)
        except OSError:
            near.close()
            continue
        for pair in ((near, far), (far, near)):
            threading.Thread(target=pump, args=pair, daemon=True).start()


if __name__ == "__main__":
    host, to, *ports = sys.argv[1:]
    for port in ports:
        threading.Thread(target=forward, args=(host, to, int(port)), daemon=True).start()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    threading.Event().wait()
