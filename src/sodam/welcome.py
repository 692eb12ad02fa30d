"""What the server says when it is ready: its address, the console's login, a demo app and lines to paste."""

from __future__ import annotations

import json
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class DemoApp:
    """An app ready to be used: the demo app, or one that the settings made.

    `usersigs` maps UserIDs to signatures; ``administrator`` is among them. `key` is empty when it is not to be shown.
    """

    sdkappid: int
    key: str = field(repr=False)
    usersigs: dict[str, str] = field(repr=False)
    name: str = "Demo"


@dataclass(frozen=True, slots=True)
class Welcome:
    """Facts of a server that is listening.

    `root_password` is set only when this start made it: it is stored as a hash and cannot be shown again. `demo` is set
    when this start created the app, or when the app of an earlier start is still there.
    """

    url: str
    state: str
    """What keeps the state, as the database names itself."""
    place: str = ""
    """Where that is; empty: it is not said."""
    new: bool = False
    """There was no state before this start."""
    console: bool = False
    root_password: str | None = field(default=None, repr=False)
    demo: DemoApp | None = None
    history_days: int = 0
    """For how many days new apps keep messages; 0: it is not said."""

    @property
    def ws_url(self) -> str:
        """The address for the web SDK's ``proxyServer``."""
        return "ws" + self.url.removeprefix("http")


def text(facts: Welcome) -> str:
    """The banner, many lines, ending in a newline. Says only what the facts say."""
    lines = ["", "Sodam is ready.", "", f"  address    {facts.url}"]
    if facts.console:
        lines.append(f"  console    {facts.url}/console")
    else:
        lines.append(
            "  console    none: this installation has no built console (`make install` in a checkout builds it)"
        )
    if facts.root_password is not None:
        lines.append(f"  root login root / {facts.root_password}    (shown this once: write it down)")
    lines.append(f"  state      {facts.state}")
    if facts.place:
        lines.append(f"  data       {facts.place}{'    (new: there was none before this start)' if facts.new else ''}")
    if facts.history_days:
        days = "1 day" if facts.history_days == 1 else f"{facts.history_days} days"
        lines.append(f"  messages   kept for {days} in new apps (--history-days); older ones are erased")
    if facts.demo is not None:
        lines += ["", *_demo(facts, facts.demo)]
    lines += ["", "Stop with Ctrl-C.", ""]
    return "\n".join(lines)


def _demo(facts: Welcome, demo: DemoApp) -> list[str]:
    admin = demo.usersigs["administrator"]
    user, signature = next(((u, s) for u, s in demo.usersigs.items() if u != "administrator"), ("administrator", admin))
    query = f"sdkappid={demo.sdkappid}&identifier=administrator&usersig={admin}&random=1&contenttype=json"
    body = {
        "To_Account": user,
        "MsgRandom": 1,
        "MsgBody": [{"MsgType": "TIMTextElem", "MsgContent": {"Text": "Hello"}}],
    }
    signatures = [line for who, sig in demo.usersigs.items() for line in (f"  UserSig of {who}", f"  {sig}")]
    return [
        f"App {demo.name}",
        f"  SDKAppID   {demo.sdkappid}",
        *([f"  key        {demo.key}"] if demo.key else []),
        *signatures,
        "",
        f"Paste into a web page that has @tencentcloud/chat, to sign in as {user}:",
        "",
        f"  const chat = TencentCloudChat.create({{ SDKAppID: {demo.sdkappid}, proxyServer: '{facts.ws_url}' }});",
        f"  await chat.login({{ userID: '{user}', userSig: '{signature}' }});",
        "",
        f"Paste into a shell, to write to {user} as administrator:",
        "",
        f"  curl '{facts.url}/v4/openim/sendmsg?{query}' -d '{json.dumps(body, separators=(',', ':'))}'",
    ]
