"""What each step of the walks of lite-chat gives, and in which walk a method of the package is called."""

from __future__ import annotations

from typing import Any

WANTED: dict[str, dict[str, Any]] = {
    "lite": {
        "amy signs in": None,
        "bob signs in": None,
        "a wrong signature is refused": 70003,
        "a signature that is over is refused": 70001,
        "a user without a profile is found": ["bob"],
        "a profile is written": "Amy",
        "a message is sent": "hello",
        "it arrives with the nickname": "Amy",
        "it is edited": None,
        "the edit arrives": "hello again",
        "a reaction is read": [["smile", 1, True]],
        "the conversation is read": None,
        "the conversation is pinned": "C2Camy",
        "the conversation list": [["C2Camy", True, 0, "amy"]],
        "history": ["hello again"],
        "a custom message": {"data": "d", "description": "x", "extension": "y"},
        "a bundle": "two",
        "the message is recalled": None,
        "a friend is added": ["amy"],
        "a remark is written": ["Bobby"],
        "a group is made": None,
        "a group message arrives": "all",
        "it is read": None,
        "attributes": {"z": "1"},
        "members": [["amy", "Owner"], ["bob", "Member"]],
        "a member is made an administrator": None,
        "and muted": None,
        "who is muted is refused": 10017,
        "quit": None,
        "dismissed": None,
        "signed out": None,
        "features asked for": 2,
        "destroyed": None,
    },
    "lite_relations": {
        "who one is": ["amy", True],
        "a profile": [
            [
                "bob",
                "Bob",
                "https://img.example/b.png",
                "Gender_Type_Male",
                "s",
                19900102,
                "x",
                1,
                3,
                4,
                "AllowType_Type_AllowAny",
            ],
            [
                "bob",
                "Bob",
                "https://img.example/b.png",
                "Gender_Type_Male",
                "s",
                19900102,
                "x",
                1,
                3,
                4,
                "AllowType_Type_AllowAny",
            ],
        ],
        "custom fields of a profile": [],
        "a request": [30539, ["amy"], "hi", 1],
        "is read": 0,
        "is refused": 0,
        "comes again and is deleted": 0,
        "comes again and is accepted": ["cat"],
        "friends": [[["bob", "CheckResult_Type_BothWay"], ["dan", "CheckResult_Type_NoRelation"]], ["bob"], ["dan"]],
        "a friend list": [["cat"], []],
        "a friend is deleted": ["bob"],
        "the blacklist": [["cat", "dan"], ["cat"]],
        "who is blocked writes to nobody": [0, ["heard"]],
        "follows": [[["bob", 3], ["cat", 2]], [1, 1, 1], ["bob", "cat"], ["bob"], ["bob"]],
        "nobody is followed": [1],
        "a status": [[["bob", 1, "busy"]], [["bob", 1], ["dan", 2]]],
    },
    "lite_conversations": {
        "unread numbers": [3, 3, "three", "C2C"],
        "all are read": 0,
        "a mark": [["C2Camy", [1]]],
        "custom data": "mine",
        "a draft": "half a",
        "a conversation group": [["dear"], ["C2Camy"], []],
        "a message without a sound": ["AcceptNotNotify", 0],
        "do not disturb": ["AcceptNotNotify", 3600, True],
        "history by pages": [24, ["one", "two", "three", "quietly"], "n19"],
        "history from a time": "n19",
        "messages are deleted": ["n17", "n17"],
        "history is cleared": [0, True],
        "a conversation is deleted": [],
    },
    "lite_messages": {
        "a group is there": "team",
        "a face": ["TIMFaceElem", {"index": 1, "data": "tt01"}],
        "a place": ["TIMLocationElem", {"description": "here", "longitude": 113.5, "latitude": 22.25}],
        "a mention": ["bob"],
        "a forwarded message": ["TIMTextElem", {"text": "pass it on"}],
        "a long bundle is downloaded": [False, 40],
        "a receipt": [["bob", True]],
        "receipts of a group": [1, 0, 1, ["bob"]],
        "reactions": [["bob"], 0],
        "extensions": [["a", "1"]],
        "a pinned message": ["pin me"],
        "a message of a group is edited": ["after", "cloud", "", "after"],
        "a message is sent again": [90012, "fail", 90012],
        "found in the cloud": [
            2,
            ["C2Cbob", "GROUPteam"],
            ["bob"],
            ["team"],
            {
                "searchResultList": [
                    {
                        "groupInfo": {"groupID": "team", "name": "team", "type": "Public", "avatar": ""},
                        "memberList": [{"userID": "bob", "nick": "", "nameCard": "", "avatar": ""}],
                    }
                ],
                "cursor": "",
                "totalCount": 1,
            },
        ],
        "translation is no part of a server of one's own": 60020,
        "an invitation: accept": ["amy", "call", True],
        "an invitation: reject": ["amy", "call", True],
        "an invitation: cancel": ["amy", "call", True],
        "an invitation is changed": "call louder",
        "what an invitation says": ["amy", "look", 1],
        "nobody listens any more": None,
    },
    "lite_groups": {
        "a group": ["club", "Public"],
        "is changed": ["Club", "in", "no", "https://img.example/c.png", "amy", 1, [{"key": "floor", "value": "3"}]],
        "is found": "Club",
        "an application": ["WaitAdminApproval", [["cat", "let me in"]]],
        "members": [["bob"], "bob", "Bobby", "Member", [{"key": "desk", "value": "7"}]],
        "groups of mine": [["club", ""]],
        "counters": {"views": 6, "likes": 8},
        "another owner": None,
        "a member is removed": ["amy", "bob"],
        "a community": ["@TGS#_city", ["@TGS#_city"]],
        "a topic": [["Food", "eat"]],
        "a message of a topic": "",
        "a topic is removed": 0,
        "a live room": ["bob", 2],
        "a member of a live room is marked": None,
    },
}
_IN: dict[str, str] = {
    "lite": (
        "addFriend addMessageReaction createCustomMessage createGroup createMergerMessage createTextMessage "
        "deleteGroupAttributes destroy dismissGroup getConversationList getFriendList getGroupAttributes "
        "getGroupMemberList getGroupProfile getMessageList getMessageReactions getUserProfile "
        "initGroupAttributes isReady login logout modifyMessage off on pinConversation quitGroup "
        "revokeMessage sendMessage setGroupAttributes setGroupMemberMuteTime setGroupMemberRole setLogLevel "
        "setMessageRead updateFriend updateMyProfile"
    ),
    "lite_relations": (
        "acceptFriendApplication addToBlacklist addToFriendGroup checkFollowType checkFriend "
        "createFriendGroup deleteFriend deleteFriendApplication deleteFriendGroup followUser getBlacklist "
        "getFriendApplicationList getFriendGroupList getFriendProfile getLoginUser getMutualFollowersList "
        "getMyFollowersList getMyFollowingList getMyProfile getUserFollowInfo getUserStatus "
        "refuseFriendApplication removeFromBlacklist removeFromFriendGroup renameFriendGroup "
        "setFriendApplicationRead setSelfStatus subscribeUserStatus unfollowUser unsubscribeUserStatus"
    ),
    "lite_conversations": (
        "addConversationsToGroup clearHistoryMessage createConversationGroup deleteConversation "
        "deleteConversationGroup deleteConversationsFromGroup deleteMessage getAllReceiveMessageOpt "
        "getConversationGroupList getConversationProfile getMessageListHopping getTotalUnreadMessageCount "
        "markConversation renameConversationGroup setAllMessageRead setAllReceiveMessageOpt "
        "setConversationCustomData setConversationDraft setMessageRemindType"
    ),
    "lite_messages": (
        "accept addSignalingListener cancel createFaceMessage createForwardMessage createLocationMessage "
        "createTextAtMessage deleteMessageExtensions downloadMergerMessage findMessage "
        "getAllUserListOfMessageReaction getGroupMessageReadMemberList getMessageExtensions "
        "getMessageReadReceiptList getPinnedGroupMessageList getSignalingInfo invite modifyInvitation "
        "pinGroupMessage reject removeMessageReaction removeSignalingListener resendMessage "
        "searchCloudGroupMembers searchCloudGroups searchCloudMessages searchCloudUsers "
        "sendMessageReadReceipt setMessageExtensions translateText"
    ),
    "lite_groups": (
        "addGroupMember changeGroupOwner createTopicInCommunity decreaseGroupCounter deleteGroupMember "
        "deleteTopicFromCommunity getGroupApplicationList getGroupCounters getGroupList getGroupMemberProfile "
        "getGroupOnlineMemberCount getJoinedCommunityList getTopicList handleGroupApplication "
        "increaseGroupCounter joinGroup markGroupMemberList searchGroupByID setGroupCounters "
        "setGroupMemberCustomField setGroupMemberNameCard updateGroupProfile updateTopicProfile"
    ),
}
NOT_CALLED = {
    "callExperimentalAPI": "the kits call it: tests/kits",
    "convertVoiceToText": ("a service of the vendor"),
    "createAudioMessage": "takes a page: tests/kits",
    "createFileMessage": "takes a page: tests/kits",
    "createImageMessage": "takes a page: tests/kits",
    "createVideoMessage": "takes a page: tests/kits",
    "registerPlugin": "takes no server",
    "use": "takes no server",
}
CALLED_IN: dict[str, str] = {method: walk for walk, methods in _IN.items() for method in methods.split()} | NOT_CALLED
"""The walk, or why there is none."""
