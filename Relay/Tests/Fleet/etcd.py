"""A cluster of real etcd servers on loopback, and the few calls of etcd's JSON gateway that tests need."""

import base64
import http.client
import json
import os

from programs import Program, eventually, free_ports


def coded(text):
    return base64.b64encode(text if isinstance(text, bytes) else text.encode()).decode()


class Cluster:
    """So many servers, whose data is below a directory. A server is ended by who started the cluster: stop()."""

    def __init__(self, place, count=3):
        ports = free_ports(2 * count)
        self.urls = [f"http://127.0.0.1:{port}" for port in ports[:count]]
        peers = [f"http://127.0.0.1:{port}" for port in ports[count:]]
        members = ",".join(f"e{number}={peer}" for number, peer in enumerate(peers))
        os.mkdir(f"{place}/etcd")
        self.servers = [
            Program(
                ["etcd", "--name", f"e{number}", "--data-dir", f"{place}/etcd/e{number}",
                 "--listen-client-urls", url, "--advertise-client-urls", url,
                 "--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer,
                 "--initial-cluster", members, "--heartbeat-interval", "50", "--election-timeout", "500",
                 "--logger", "zap", "--log-level", "error"],
                f"{place}/etcd/e{number}.log")
            for number, (url, peer) in enumerate(zip(self.urls, peers))]
        self.endpoints = ",".join(self.urls)

    def start(self):
        for server in self.servers:
            server.start()
        self.wait_until_healthy()
        return self

    def stop(self):
        for server in self.servers:
            server.stop()

    def wait_until_healthy(self):
        """Every server answers, and knows who leads."""
        eventually("a leader that all of etcd knows", lambda: len(set(self.leaders())) == 1 and self.leader())

    def call(self, path, question, number=None, patience=5):
        """The answer of one server, or of the first that gives one."""
        trouble = None
        for url in self.urls if number is None else [self.urls[number]]:
            connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=patience)
            try:
                connection.request("POST", f"/v3/{path}", json.dumps(question))
                answer = connection.getresponse()
                text = answer.read().decode()
                if answer.status == 200:
                    return json.loads(text)
                trouble = text
            except (OSError, http.client.HTTPException) as error:
                trouble = error
            finally:
                connection.close()
        raise OSError(f"no etcd server answers {path}: {trouble}")

    def leaders(self):
        """Whom each server takes for the leader; None for each that does not answer."""
        def leader(number):
            try:
                return self.call("maintenance/status", {}, number, patience=1).get("leader", "0")
            except OSError:
                return None
        return [leader(number) for number in range(len(self.urls))]

    def leader(self):
        """The server that leads; None where there is none."""
        for number, server in enumerate(self.servers):
            try:
                status = self.call("maintenance/status", {}, number, patience=1)
            except OSError:
                continue
            if status.get("leader", "0") == status["header"]["member_id"]:
                return server
        return None

    def put(self, key, value):
        """The revision."""
        answer = self.call("kv/put", {"key": coded(key), "value": coded(value)}, patience=30)
        return int(answer["header"]["revision"])

    def transact(self, puts):
        """All of these, in one revision."""
        self.call("kv/txn", {"success": [
            {"requestPut": {"key": coded(key), "value": coded(value)}} for key, value in puts]}, patience=30)

    def get(self, key):
        """The entry as the gateway gives it, with numbers as texts; None where there is none."""
        found = self.call("kv/range", {"key": coded(key)}).get("kvs", [])
        return found[0] if found else None

    def below(self, prefix):
        """All names there, and their values as text."""
        end = prefix[:-1] + chr(ord(prefix[-1]) + 1)
        found = self.call("kv/range", {"key": coded(prefix), "range_end": coded(end)})
        return {base64.b64decode(entry["key"]).decode(): base64.b64decode(entry.get("value", "")).decode()
                for entry in found.get("kvs", [])}

    def version(self, key):
        """How often the key was put."""
        entry = self.get(key)
        return int(entry["version"]) if entry else 0

    def compact(self):
        """All revisions before the present one are forgotten."""
        revision = self.call("kv/range", {"key": coded("x")})["header"]["revision"]
        self.call("kv/compaction", {"revision": revision, "physical": True})
