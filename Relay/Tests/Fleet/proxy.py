"""The network between a relay and etcd, which can be cut."""

import selectors
import socket
import threading


class Proxy:
    """Carries what comes to its port to one of the targets, in turns; cut, it drops all and takes no more."""

    def __init__(self, urls):
        self.targets = [("127.0.0.1", int(url.rsplit(":", 1)[1])) for url in urls]
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.selector = selectors.DefaultSelector()
        self.selector.register(self.listener, selectors.EVENT_READ)
        self.peers = {}
        self.is_cut = False
        self.is_silent = False
        # So that an order is followed while nothing is carried.
        self.orders, self.ordered = socket.socketpair()
        self.selector.register(self.ordered, selectors.EVENT_READ)
        self.done = threading.Event()
        self.thread = threading.Thread(target=self.carry, daemon=True)
        self.thread.start()

    def order(self, letter):
        self.done.clear()
        self.orders.sendall(letter)
        if not self.done.wait(10):
            raise AssertionError("the proxy does not follow orders")

    def cut(self, silently):
        """Silently: nobody is told, and bytes are lost as if a cable were pulled."""
        self.order(b"s" if silently else b"c")

    def join(self):
        """New connections are carried; the old ones are gone."""
        self.order(b"j")

    def stop(self):
        if self.thread.is_alive():
            self.order(b"e")
            self.thread.join(10)
        for one in (self.listener, self.orders, self.ordered):
            one.close()
        self.selector.close()

    def carry(self):
        while True:
            for event, _ in self.selector.select():
                if event.fileobj is self.ordered:
                    letter = self.ordered.recv(1)
                    self.is_cut, self.is_silent = letter in b"cs", letter == b"s"
                    if letter != b"s":
                        for one in list(self.peers):
                            self.drop(one)
                    self.done.set()
                    if letter == b"e":
                        return
                elif event.fileobj is self.listener:
                    self.accept()
                elif event.fileobj in self.peers:
                    self.pass_on(event.fileobj)

    def accept(self):
        client, _ = self.listener.accept()
        if self.is_cut:
            client.close()
            return
        for _ in self.targets:
            target = self.targets.pop(0)
            self.targets.append(target)
            try:
                server = socket.create_connection(target, timeout=1)
                break
            except OSError:
                continue
        else:
            client.close()
            return
        self.peers[client], self.peers[server] = server, client
        for one in (client, server):
            one.settimeout(5)
            self.selector.register(one, selectors.EVENT_READ)

    def pass_on(self, one):
        try:
            data = one.recv(1 << 16)
            if data and not self.is_silent:
                self.peers[one].sendall(data)
        except OSError:
            data = b""
        if not data:
            self.drop(one)

    def drop(self, one):
        other = self.peers.pop(one, None)
        if other is not None:
            self.selector.unregister(one)
            one.close()
            self.drop(other)
