"""An HTTP server of a test's own, on 127.0.0.1."""

import contextlib
import http.server
import threading


@contextlib.contextmanager
def answering(answer):
    """Its URL. Each POST is answered by answer(path, headers, body): status, headers, body."""

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1
        disable_nagle_algorithm = True

        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status, headers, text = answer(self.path, self.headers, body)
            self.send_response(status)
            for field, value in headers.items():
                self.send_header(field, value)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
