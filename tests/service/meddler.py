#!/usr/bin/env python3
"""A service as those see it who may not do everything, or lose an answer.

usage: meddler.py PORT URL FORBIDDEN

Passes requests on to the service at URL, but for paths that match the pattern
FORBIDDEN: these are answered with 403. The first PUT is passed on, and its answer
lost.
"""
import http.client
import http.server
import re
import sys
import urllib.parse

port, service, forbidden = int(sys.argv[1]), sys.argv[2], re.compile(sys.argv[3])
address = urllib.parse.urlsplit(service).netloc
lost = []


class Meddler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def meddle(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if forbidden.search(self.path):
            self.answer(403, b'{"error":{"type":"security_exception",'
                        b'"reason":"no permissions"},"status":403}', {})
            return
        passed_on = http.client.HTTPConnection(address)
        kind = self.headers.get("Content-Type")
        passed_on.request(self.command, self.path, body,
                          {"Content-Type": kind} if kind else {})
        response = passed_on.getresponse()
        content = response.read()
        if self.command == "PUT" and not lost:
            lost.append(self.path)
            self.close_connection = True
            return
        self.answer(response.status, content, response.headers)

    do_GET = do_POST = do_PUT = meddle

    def answer(self, status, content, headers):
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        product = headers.get("X-elastic-product")
        if product:
            self.send_header("X-elastic-product", product)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        pass


http.server.ThreadingHTTPServer(("127.0.0.1", port), Meddler).serve_forever()
