"""The main calls of the API with Python 3 and nothing else."""

import base64
import hmac
import http.server
import json
import os
import secrets
import sys
import time
import urllib.error
import urllib.request
from urllib.parse import quote

URL = os.environ["AUTHROCKET_URL"]
HEADERS = {
    "X-Authrocket-Api-Key": os.environ["AUTHROCKET_API_KEY"],
    "X-Authrocket-Realm": os.environ["AUTHROCKET_REALM"],
    "Content-Type": "application/json",
    "Accept": "application/json",
}


class Refused(Exception):
    """The server said no; `status` tells why."""

    def __init__(self, status, text):
        super().__init__(f"{status}: {text}")
        self.status = status


def call(method, path, body=None):
    """One call."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(URL + path, data, HEADERS, method=method)
    try:
        with urllib.request.urlopen(request) as response:
            text = response.read()
    except urllib.error.HTTPError as error:
        raise Refused(error.code, error.read().decode()) from None
    return json.loads(text) if text else None


def status_of(method, path, body=None):
    """The status of a call that may be refused."""
    try:
        call(method, path, body)
    except Refused as refused:
        return refused.status
    return 200


def segment(text):
    """A text as one segment of an address, so that it cannot lead to another one."""
    return quote(text, safe="")


def check(token):
    """The session of a login token as a browser brought it, or None. It goes into the body, and nothing but a session
    counts."""
    try:
        session = call("POST", "sessions/verify?expand=memberships", {"token": token})
    except Refused as refused:
        if refused.status in (404, 422):
            return None
        raise
    return session if session["object"] == "session" else None


def is_from_us(headers, body, secret):
    """Whether a webhook's body is from our server: signed with the hook's secret, and not long ago."""
    timestamp = headers.get("webhook-timestamp", "")
    if not timestamp.isdecimal() or abs(time.time() - int(timestamp)) > 300:
        return False
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{headers.get('webhook-id')}.{timestamp}.".encode() + body
    wanted = "v1," + base64.b64encode(hmac.digest(key, signed, "sha256")).decode()
    given = headers.get("webhook-signature", "").split()
    return any(hmac.compare_digest(one.encode(), wanted.encode()) for one in given)


class Receiver(http.server.BaseHTTPRequestHandler):
    """Takes webhooks; a web framework does this in an app."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        assert not is_from_us(self.headers, body + b" ", hook["secret"]), "a changed body passes"
        good = is_from_us(self.headers, body, hook["secret"])
        self.send_response(204 if good else 403)
        self.end_headers()
        if good:
            self.server.event = json.loads(body)

    def log_message(self, *_):
        pass


# With a login token as its argument the program says whose it is, and no more.
if len(sys.argv) > 1:
    session = check(sys.argv[1])
    print(f"{session['user']['name']} is logged in" if session else "nobody is logged in")
    sys.exit(0 if session else 1)

username = f"ada-{secrets.token_hex(4)}@example.com"
password = "tr0mbone-under-glass"

# A webhook reports users who sign up from now on. On a developer's machine the server must be allowed to call it
# (delivery.allowed_networks).
receiver = http.server.HTTPServer(("127.0.0.1", 0), Receiver)
receiver.timeout, receiver.event = 30, None
hook = call("POST", "app_hooks", {"app_hook": {
    "hook_type": "webhook", "destination": f"http://127.0.0.1:{receiver.server_port}/hooks",
    "event_type": ["user.created"],
}})

org = call("POST", "orgs", {"org": {"name": "Analytical Engines"}})
user = call("POST", "users", {"user": {
    "user_type": "human", "username": username, "email": username, "password": password,
    "first_name": "Ada", "last_name": "Lovelace",
}})
call("POST", "memberships", {"membership": {"user_id": user["id"], "org_id": org["id"], "permissions": ["owner"]}})

receiver.handle_request()
assert receiver.event and receiver.event["user_id"] == user["id"], "no webhook came"
print(f"webhook: {receiver.event['event_type']}")

# A login, as an app's own login form makes it. What a browser brings back from LoginRocket is such a token too.
login = call("POST", f"users/{segment(username)}/authenticate", {"password": password})
session = check(login["token"])
membership = session["user"]["memberships"][0]
print(f"{session['user']['name']} is logged in, {membership['permissions'][0]} of {membership['org']['name']}")

# A wrong password is 401.
assert status_of("POST", f"users/{segment(username)}/authenticate", {"password": "wrong"}) == 401

# Out at once: the next check does not find the session.
call("DELETE", f"sessions/{segment(login['token'])}")
assert check(login["token"]) is None

# What is wrong is told by field.
assert status_of("POST", "users", {"user": {"user_type": "human", "username": username}}) == 422

# Lists go on behind the last id that was seen.
users, after, more = 0, "", True
while more:
    page = call("GET", f"users?max_results=100&after={segment(after)}")
    users += len(page["collection"])
    after = page["collection"][-1]["id"] if page["collection"] else ""
    more = page["more_results"]
print(f"{users} users in the realm")

call("DELETE", f"app_hooks/{segment(hook['id'])}")
call("DELETE", f"users/{segment(user['id'])}")
call("DELETE", f"orgs/{segment(org['id'])}")
print("done")
