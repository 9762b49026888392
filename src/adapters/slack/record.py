"""Records what Slack's official client sends, for `sdk.json`: the oracle of the adapter's tests.

    pip download --no-deps slack-sdk==3.47.0 && python3 -m zipfile -e slack_sdk-*.whl lib
    PYTHONPATH=lib python3 record.py > sdk.json
"""

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qsl, urlsplit

from slack_sdk import WebClient
from slack_sdk.signature import SignatureVerifier

recorded = []


class Handler(BaseHTTPRequestHandler):
    def answer(self):
        url = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        kind = (self.headers.get("Content-Type") or "").split(";")[0]
        fields = parse_qsl(url.query, keep_blank_values=True)
        if kind == "application/json":
            fields = json.loads(body)
        elif body:
            fields = parse_qsl(body, keep_blank_values=True)
        recorded.append({
            "verb": self.command,
            "path": url.path,
            "authorization": self.headers["Authorization"],
            "kind": kind,
            "fields": fields if isinstance(fields, dict) else dict(fields),
        })
        answer = b'{"ok": true}'
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    do_GET = do_POST = answer

    def log_message(self, *_):
        pass


server = HTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
client = WebClient(token="xoxb-1", base_url=f"http://127.0.0.1:{server.server_port}/api/")

client.chat_postMessage(
    channel="C1", text="Hello & <b>", username="John Doe", icon_url="https://chat.example/a.png",
    unfurl_links=False,
)
client.chat_postMessage(
    channel="C1", text="Come",
    blocks=[{"type": "section", "text": {"type": "mrkdwn", "text": "Come"}}],
)
client.conversations_create(name="john-doe-3")
client.conversations_archive(channel="C1")
client.conversations_unarchive(channel="C1")
client.conversations_join(channel="C1")
client.conversations_invite(channel="C1", users="U1")
client.conversations_list(limit=500, exclude_archived=False, types="public_channel", cursor="dGVhbQ==")
client.users_list(limit=500, cursor="dGVhbQ==")
client.users_info(user="U1")
client.users_getPresence(user="U1")
server.shutdown()

body = '{"type":"event_callback","event_id":"Ev1"}'
signature = SignatureVerifier("8f742231b10e8888abcd99yyyzzz85a5").generate_signature(
    timestamp="1531420618", body=body
)
print(json.dumps({
    "requests": recorded,
    "signed": {
        "secret": "8f742231b10e8888abcd99yyyzzz85a5", "timestamp": "1531420618",
        "body": body, "signature": signature,
    },
}, indent=1))
