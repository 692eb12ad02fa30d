"""Messages that arrive in the middle of a sign-in: announced or counted, never both, never neither."""

from __future__ import annotations

import asyncio

from scene import Server, SignIn, UserId, unread


async def test_messages_amid_a_login(sign_in: SignIn, user_id: UserId, server: Server) -> None:
    names = [user_id(f"sender{n}") for n in range(4)]
    senders = [await sign_in(name) for name in names]
    for turn in range(3):
        late_id = user_id(f"late{turn}")
        late = await sign_in(late_id, login=False)

        async def talk(sender_at: int, to: str = late_id) -> None:
            for number in range(40):
                await senders[sender_at].send_text(to, f"message {number}")

        talking = [asyncio.create_task(talk(at)) for at in range(len(senders))]
        await asyncio.sleep(0.005 * turn)
        await late.login(late_id, server.usersig(late_id))
        await asyncio.gather(*talking)
        await late.wait_until(lambda late=late: [unread(late, name) for name in names] == [40] * 4)
        await late.destroy()
