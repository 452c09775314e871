# Receives webhooks of Ringback, and trusts only what Ringback signed (Standard Webhooks 1.0). Python 3.9 or newer, nothing else.
#     WEBHOOK_SECRET=whsec_... PORT=9000 python3 receiver.py
import base64
import hashlib
import hmac
import json
import os
import re
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

WINDOW = 5 * 60  # seconds that a request may be old, or ahead of our clock
MAX_BODY = 1024 * 1024
KEY = base64.b64decode(os.environ["WEBHOOK_SECRET"].removeprefix("whsec_"), validate=True)

seen = {}  # webhook-id -> when its timestamp leaves the window. Only signed ids get in, so that strangers can't fill it.
lock = threading.Lock()


def act(event, webhook_id):
    """What you do about an event goes here. Where it throws, the answer is 500, and Ringback tries again later."""
    print(event["type"], webhook_id, flush=True)


def refusal(webhook_id, timestamp, signatures, body):
    """The status to refuse a request with; None where it is Ringback's, and of now."""
    if not webhook_id or not re.fullmatch(r"[0-9]{1,12}", timestamp) or not signatures:
        return 400
    # The signature covers the bytes as they came: parsing and writing JSON again would change them.
    signed = hmac.new(KEY, f"{webhook_id}.{timestamp}.".encode() + body, hashlib.sha256)
    # Several signatures come while a secret is replaced: one of them is enough.
    wanted = b"v1," + base64.b64encode(signed.digest())
    # compare_digest takes as long wherever they differ, so that nobody can guess a signature byte by byte.
    if not any(hmac.compare_digest(signature.encode(), wanted) for signature in signatures.split(" ")):
        return 401
    # An old request is signed too: somebody may have recorded it.
    return 401 if abs(time.time() - int(timestamp)) > WINDOW else None


def accept(webhook_id, timestamp, body):
    """Acts on an event, unless it did already: an event may come twice, from Ringback or from somebody who recorded it."""
    with lock:
        for old in [known for known, until in seen.items() if until < time.time()]:
            del seen[old]
        if webhook_id not in seen:
            act(json.loads(body), webhook_id)
        # Ringback also repeats after hours: who must never act twice keeps the ids in the database of the action.
        seen[webhook_id] = max(seen.get(webhook_id, 0), int(timestamp) + WINDOW)
    return 204


class Receiver(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # Ringback keeps connections
    timeout = 10  # seconds of silence, then a connection is closed

    def do_POST(self):
        length = self.headers.get("Content-Length", "")
        if not re.fullmatch(r"[0-9]{1,9}", length) or int(length) > MAX_BODY:
            return self.answer(413 if length else 411)
        body = self.rfile.read(int(length))
        webhook_id, timestamp, signatures = (self.headers.get("webhook-" + n, "") for n in ("id", "timestamp", "signature"))
        try:
            self.answer(refusal(webhook_id, timestamp, signatures, body) or accept(webhook_id, timestamp, body))
        except Exception as failure:
            self.log_error("failed: %s", failure)
            self.answer(500)

    def answer(self, status):
        self.send_response(status)
        if status != 204:
            self.send_header("Content-Length", "0")
            self.send_header("Connection", "close")  # the rest of a body that was not read is no next request
        self.end_headers()


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", int(os.environ.get("PORT", "9000"))), Receiver)
    print("listening on port", server.server_port, flush=True)
    server.serve_forever()
