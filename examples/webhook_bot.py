"""A bot without a connection: the server tells it of messages to a robot, and it answers over REST, piece by piece.

    SODAM_URL=http://127.0.0.1:8080 SDKAPPID=1400000001 USERSIG=$(sodam usersig make administrator) \
        PORT=9000 python examples/webhook_bot.py

In the console, make the account @RBT#helper, name http://HOST:9000/ as the callback URL, switch Bot.OnC2CMessage on.
"""

from __future__ import annotations

import json
import os
import random
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlencode
from urllib.request import Request, urlopen

URL, ADMIN = os.environ["SODAM_URL"], os.environ.get("ADMIN", "administrator")
QUERY = urlencode({"sdkappid": os.environ["SDKAPPID"], "identifier": ADMIN, "usersig": os.environ["USERSIG"]})


def call(command: str, body: dict[str, Any]) -> dict[str, Any]:
    request = Request(f"{URL}/v4/{command}?{QUERY}&contenttype=json", json.dumps(body).encode())
    with urlopen(request, timeout=10) as response:
        answer: dict[str, Any] = json.load(response)
    if answer["ErrorCode"]:
        raise RuntimeError(f"{command}: {answer['ErrorCode']} {answer['ErrorInfo']}")
    return answer


def answer(event: dict[str, Any]) -> None:
    question = "".join(e["MsgContent"].get("Text", "") for e in event["MsgBody"])
    words, stream = f"You asked: {question}".split(" "), {}
    who = {"From_Account": event["To_Account"], "To_Account": event["From_Account"]}
    who["MsgRandom"] = random.getrandbits(32)
    for index, word in enumerate(words, 1):
        chunk = {"EventType": "data", "Index": index, "Markdown": f"{word} ", "IsLast": index == len(words)}
        content = {"Chunks": [chunk], "CompatibleText": "An answer", **stream}
        body = [{"MsgType": "TIMStreamElem", "MsgContent": content}]
        stream = {"StreamMsgID": call("stream_msg/send_c2c_stream_msg", {**who, "MsgBody": body})["StreamMsgID"]}
        time.sleep(0.2)


class Hook(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        event = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(200)
        self.end_headers()
        if event.get("CallbackCommand") == "Bot.OnC2CMessage":
            threading.Thread(target=answer, args=(event,)).start()


ThreadingHTTPServer(("", int(os.environ.get("PORT", "9000"))), Hook).serve_forever()
