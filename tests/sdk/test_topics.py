"""Topics of communities in the official web SDK: made, written to, read, changed and removed, each by itself."""

from __future__ import annotations

from typing import Any

import pytest

from driver import SdkClient, SdkError, message_ref
from scene import SignIn, UserId
from test_group_life import create
from test_group_messages import history, write
from tests.support.console import PASSWORD, ConsoleClient
from tests.support.server import Engine, ServerFactory, ServerProcess


async def switch_on(server: ServerProcess) -> None:
    async with ConsoleClient(server.url) as root:
        await root.login()
        settings = await root.call("im/DescribeAbilityConfInfo", SDKAppID=server.sdkappid)
        await root.call(
            "im/SetAbilityConfInfo",
            SDKAppID=server.sdkappid,
            Version=settings["Version"],
            Community=True,
            CommunityTopics=True,
        )


async def topics(client: SdkClient, city: str) -> dict[str, dict[str, Any]]:
    found = await client.call("getTopicList", {"groupID": city, "topicIDList": []})
    return {topic["topicName"]: topic for topic in found["successTopicList"]}


def texts(client: SdkClient, topic: str) -> list[str]:
    return [
        m["payload"]["text"]
        for m in client.received()
        if m["type"] == "TIMTextElem" and m["conversationID"] == f"GROUP{topic}"
    ]


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
async def test_topics_of_a_community(
    server_factory: ServerFactory, sign_in_at: SignIn, user_id: UserId, engine: Engine
) -> None:
    server = server_factory(engine, env={"SODAM_ROOT_PASSWORD": PASSWORD})
    await switch_on(server)
    ann_id, bob_id, city = user_id("ann"), user_id("bob"), "@TGS#_" + user_id("city")
    ann, bob = await sign_in_at(server, ann_id), await sign_in_at(server, bob_id)
    await create(ann, city, "Community", isSupportTopic=True)
    await bob.call("joinGroup", {"groupID": city})
    joined = await bob.call("getJoinedCommunityList")
    assert [g["groupID"] for g in joined["groupList"]] == [city]
    food = (await ann.call("createTopicInCommunity", {"groupID": city, "topicName": "Food", "introduction": "eat"}))[
        "topicID"
    ]
    await bob.wait_event("TOPIC_CREATED", lambda data: (data["groupID"], data["topicID"]) == (city, food))
    await ann.call("createTopicInCommunity", {"groupID": city, "topicName": "Art"})
    found = await topics(bob, city)
    assert sorted(found) == ["Art", "Food"]
    assert (found["Food"]["topicID"], found["Food"]["introduction"]) == (food, "eat")
    art = found["Art"]["topicID"]

    # Each has its own sequence and unread number.
    sent = [await write(ann, food, f"f{n}") for n in range(3)]
    await write(ann, art, "a0")
    assert [m["sequence"] for m in sent] == [1, 2, 3]
    await bob.wait_until(lambda: texts(bob, food) == ["f0", "f1", "f2"] and texts(bob, art) == ["a0"])
    listed = [m["payload"]["text"] for m in await history(bob, food)]
    assert listed == ["f0", "f1", "f2"]
    again = await sign_in_at(server, bob_id)
    numbers = {name: topic["unreadCount"] for name, topic in (await topics(again, city)).items()}
    assert numbers == {"Food": 3, "Art": 1}
    await again.call("setMessageRead", {"conversationID": f"GROUP{food}"})
    third = await sign_in_at(server, bob_id)
    numbers = {name: topic["unreadCount"] for name, topic in (await topics(third, city)).items()}
    assert numbers == {"Food": 0, "Art": 1}
    await _change(server, city, food, art, ann, third)


async def _change(server: ServerProcess, city: str, food: str, art: str, ann: SdkClient, bob: SdkClient) -> None:
    last = await write(ann, food, "wrong")
    await bob.wait_until(lambda: texts(bob, food)[-1:] == ["wrong"])
    await ann.call("revokeMessage", message_ref(last))
    await bob.wait_event("MESSAGE_REVOKED", lambda data: data[0]["sequence"] == last["sequence"])
    await ann.call(
        "updateTopicProfile", {"groupID": city, "topicID": food, "topicName": "Meals", "muteAllMembers": True}
    )
    await bob.wait_event("TOPIC_UPDATED", lambda data: data["topic"]["topicName"] == "Meals")
    with pytest.raises(SdkError) as refused:
        await write(bob, food, "hush")
    assert refused.value.code == 10017
    await write(bob, art, "here I may")
    await bob.call("setMessageRemindType", {"groupID": art, "messageRemindType": "AcceptNotNotify"})
    with pytest.raises(SdkError) as refused:
        await bob.call("deleteTopicFromCommunity", {"groupID": city, "topicIDList": [art]})
    assert refused.value.code == 10007
    await ann.call("deleteTopicFromCommunity", {"groupID": city, "topicIDList": [art]})
    await bob.wait_event("TOPIC_DELETED", lambda data: data["topicIDList"] == [art])
    assert sorted(await topics(bob, city)) == ["Meals"]
    await bob.call("quitGroup", city)
    with pytest.raises(SdkError):
        await bob.call("getMessageList", {"conversationID": f"GROUP{food}"})
    await ann.call("dismissGroup", city)
    answer = await server.rest(
        "group_open_http_svc/group_msg_get_simple", {"GroupId": city, "TopicId": food, "ReqMsgNumber": 5}
    )
    assert answer["ErrorCode"] == 10010
