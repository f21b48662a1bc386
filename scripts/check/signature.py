#!/usr/bin/python3
"""A proxy that checks each request's AWS signature by botocore's code.

usage: signature.py NODE LOG [--port PORT]

Forwards everything to NODE (http://127.0.0.1:9200) and appends a line to LOG for
each request: good or bad, method, path, length of the body. Keys are those in
AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN. Prints its port
once it listens.
"""

import argparse
import http.client
import http.server
import os
import re
import sys
import urllib.parse

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=([^/]+)/(\d+)/([^/]+)/([^/]+)/aws4_request,"
    r" ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$"
)


def why_bad(method, path, headers, body):
    """None if the signature is the one that botocore makes; else a reason."""
    match = AUTHORIZATION.match(headers.get("Authorization", ""))
    if match is None:
        return "no signature"
    key, _, region, service, signed, signature = match.groups()
    if key != os.environ["AWS_ACCESS_KEY_ID"]:
        return "another key"
    if (region, service) != ("us-west-2", "es"):
        return f"signed for {region}, {service}"
    signed = signed.split(";")
    token = os.environ.get("AWS_SESSION_TOKEN")
    if token and "x-amz-security-token" not in signed:
        return "the session token is not signed"
    for name in ("host", "x-amz-date"):
        if name not in signed:
            return f"{name} is not signed"

    url = urllib.parse.urlsplit("http://" + headers["Host"] + path)
    request = AWSRequest(
        method=method,
        url=url._replace(query="").geturl(),
        params=dict(urllib.parse.parse_qsl(url.query, keep_blank_values=True)),
        data=body,
        headers={name: headers[name] for name in signed},
    )
    request.context["timestamp"] = headers["X-Amz-Date"]
    credentials = Credentials(key, os.environ["AWS_SECRET_ACCESS_KEY"], token)
    auth = SigV4Auth(credentials, service, region)
    canonical = auth.canonical_request(request)
    expected = auth.signature(auth.string_to_sign(request, canonical), request)
    return None if signature == expected else "another signature:\n" + canonical


class Handler(http.server.BaseHTTPRequestHandler):
    """Judges a request, then lets the node answer it."""

    protocol_version = "HTTP/1.1"

    def forward(self):
        length = int(self.headers.get("Content-Length", 0))
        body = self.rfile.read(length)
        reason = why_bad(self.command, self.path, self.headers, body)
        with open(self.server.log, "a", encoding="utf-8") as log:
            print("good" if reason is None else "bad", self.command, self.path,
                  len(body), reason or "", sep="\t", file=log)
        headers = {}
        if "Content-Type" in self.headers:
            headers["Content-Type"] = self.headers["Content-Type"]
        node = http.client.HTTPConnection(self.server.node, timeout=300)
        node.request(self.command, self.path, body or None, headers)
        answer = node.getresponse()
        text = answer.read()
        self.send_response(answer.status)
        for name in ("Content-Type", "X-elastic-product"):
            if answer.getheader(name):
                self.send_header(name, answer.getheader(name))
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)
        node.close()

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = forward

    def log_message(self, *_):
        """The log is enough."""


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("node")
    parser.add_argument("log")
    parser.add_argument("--port", type=int, default=0)
    options = parser.parse_args()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", options.port), Handler)
    server.node = urllib.parse.urlsplit(options.node).netloc
    server.log = options.log
    print(server.server_port, flush=True)
    sys.stdout.close()
    server.serve_forever()


if __name__ == "__main__":
    main()
