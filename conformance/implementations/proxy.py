#!/usr/bin/python3
"""A host behind WS-Management that has one defect: proxy.py DEFECT URL. It hands every request on
to the simulator at URL and spoils what passes; its own address is the first line it prints."""

import base64
import http.client
import http.server
import re
import sys
import urllib.parse


def truncate(body):
    """SetKeyProtector gets the first 4,096 bytes only, their length put right."""
    elements = list(re.finditer(rb"<(\w+:)KeyProtector[^>]*>\d+</\w+:KeyProtector>", body))
    if len(elements) > 4096:
        data = (4096).to_bytes(4, "big") + bytes(
            int(re.search(rb">(\d+)<", element[0])[1]) for element in elements[4:4096])
        name = elements[0][1] + b"KeyProtector"
        kept = b"".join(b"<%b>%d</%b>" % (name, byte, name) for byte in data)
        return body[:elements[0].start()] + kept + body[elements[-1].end():]

    def shorter(found):
        whole = base64.b64decode(found[2])
        if len(whole) > 4096:
            whole = (4096).to_bytes(4, "big") + whole[4:4096]
        return found[1] + base64.b64encode(whole) + found[3]
    if len(elements) == 0:
        return re.sub(rb"(<\w+:KeyProtector[^>]*>)([^<]+)(</\w+:KeyProtector>)", shorter, body)
    return body


def hide_failure(body):
    """A job that failed shows JobState 7."""
    return re.sub(rb"(<\w+:JobState[^>]*>)10(</)", rb"\g<1>7\2", body)


def promise_jobs(body):
    """4096 without a Job."""
    if re.search(rb"ReturnValue>4096<", body):
        return re.sub(rb"<(\w+):Job[ >].*?</\1:Job>", b"", body, flags=re.DOTALL)
    return body


def same(body):
    return body


DEFECTS = {"none": (same, same), "truncates": (truncate, same),
           "seven-with-error": (same, hide_failure), "no-job": (same, promise_jobs)}


class Proxy(http.server.BaseHTTPRequestHandler):
    """One connection of a client, and one to the simulator."""

    protocol_version = "HTTP/1.1"
    defect, place = None, None

    def setup(self):
        super().setup()
        self.behind = http.client.HTTPConnection(self.place)

    def finish(self):
        self.behind.close()
        super().finish()

    def do_POST(self):  # pylint: disable=invalid-name
        spoil_request, spoil_reply = DEFECTS[self.defect]
        body = spoil_request(self.rfile.read(int(self.headers["Content-Length"])))
        kept = {name: value for name, value in self.headers.items()
                if name.lower() in ("authorization", "content-type", "wsmanidentify", "soapaction")}
        self.behind.request("POST", self.path, body, kept)
        reply = self.behind.getresponse()
        said = spoil_reply(reply.read())
        self.send_response(reply.status)
        for name, value in reply.getheaders():
            if name.lower() not in ("content-length", "connection", "date", "server"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, format, *args):  # pylint: disable=redefined-builtin
        pass


def main():
    Proxy.defect = sys.argv[1]
    Proxy.place = urllib.parse.urlsplit(sys.argv[2]).netloc
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Proxy) as server:
        print(f"http://127.0.0.1:{server.server_port}/wsman", flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main()
