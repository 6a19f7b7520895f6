"""One delivery as the peers in Python make it: signed with HMAC-SHA-512 and POSTed by a process over one connection."""

import hashlib
import hmac
import time

import requests

session = requests.Session()


def deliver(receiver, text):
    body = text.encode()
    signature = hmac.new(b"golden-fixture-secret", body, hashlib.sha512).hexdigest()
    headers = {"content-type": "application/json", "x-hook-signature": signature}
    answer = session.post(receiver, data=body, headers=headers)
    answer.raise_for_status()
    return {"status": answer.status_code, "at": time.time()}
