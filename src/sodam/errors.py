"""Every error code that the server answers with, and the exception that carries one to the edge.

`Code` is the only list: answers, the reference page and the fuzz tests' "documented codes only" rule read it.
Numbers and places come from `error-codes.md` sections 2 to 10 and, for the push and mute services, from
`rest-operations-push.md` sections 1 and 2.8. Codes of tables before 2019 are left out unless a REST page names them.
Ranges that an app fills with its own numbers from its webhooks (`is_app_code`) are plain integers, not members.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Final


class Code(IntEnum):
    """A documented error code. `int(code)` is what goes on the wire, `code.meaning` is the default ErrorInfo."""

    meaning: str

    def __new__(cls, value: int, meaning: str = "") -> Code:
        member = int.__new__(cls, value)
        member._value_ = value
        member.meaning = meaning
        return member

    OK = 0, "success"

    # Operations data and message export (section 10)
    DATA_BAD_URL = 1001, "the data request or its URL is malformed"
    DATA_BAD_PARAMETER = 1002, "a parameter of the data request is wrong, or the caller is no administrator"
    DATA_INTERNAL = 1003, "the data request failed inside the server"
    DATA_NOT_READY = 1004, "the file is not ready yet, or nothing was sent in that hour"
    DATA_EXPIRED = 1005, "the file has expired"

    # Gateway (section 2)
    REQUEST_MALFORMED = 60002, "the HTTP request could not be parsed; check the URL"
    BODY_NOT_JSON = 60003, "the request body is not valid JSON"
    CREDENTIALS_MALFORMED = 60004, "the identifier or the UserSig is malformed"
    CREDENTIALS_REJECTED = 60005, "the identifier or the UserSig was rejected"
    SDKAPPID_INVALID = 60006, "this SDKAppID is invalid"
    RATE_LIMITED = 60007, "this command is called too often; slow down"
    SERVER_TIMEOUT = 60008, "the server took too long; try again"
    NO_SUCH_COMMAND = 60009, "no such service or command"
    NOT_ADMIN = 60010, "the identifier is not an administrator of the app"
    APP_RATE_LIMITED = 60011, "the app calls too often in total"
    SDKAPPID_MISSING = 60012, "the sdkappid parameter is missing"
    INNER_ANSWER_MALFORMED = 60013, "an inner service gave an unreadable answer; try again"
    ACCOUNT_MAPPING_TIMEOUT = 60014, "looking up the account took too long; try again"
    USER_ID_NOT_STRING = 60015, "a UserID in the body is not a string"
    APP_DISABLED = 60016, "the app is disabled"
    REQUEST_FORBIDDEN = 60017, "this request is forbidden"
    TOO_FREQUENT = 60018, "too many requests; try again later"
    TOO_FREQUENT_LATER = 60019, "too many requests for now; try again later"
    PLAN_EXPIRED = 60020, "the app's plan has expired or lacks this feature"
    SOURCE_IP_DENIED = 60021, "the caller's address is not on the app's allow-list"

    # Content and callback checks of any message (section 2)
    TEXT_REFUSED = 80001, "the text was refused by the content check"
    MESSAGE_TOO_LONG = 80002, "the message is longer than 12 KB"
    CALLBACK_FAILED = 80003, "the app's before-send callback failed and its policy is to refuse"
    IMAGE_REFUSED = 80004, "the picture was refused by the content check"
    CONTENT_CHECK_TIMEOUT = 80005, "the content check took too long"

    # UserSig, login (section 3)
    USERSIG_EXPIRED = 70001, "the UserSig has expired"
    USERSIG_EMPTY = 70002, "the UserSig is empty"
    USERSIG_UNDECODABLE = 70003, "the UserSig cannot be decoded; it may be cut off"
    USERSIG_UNDECODABLE_OLD = 70004, "the UserSig cannot be decoded (number used by old servers)"
    USERSIG_CONTENT_INVALID = 70005, "the content of the UserSig is invalid"
    USERSIG_CONTENT_INVALID_6 = 70006, "the content of the UserSig is invalid (number used by old servers)"
    USERSIG_CONTENT_INVALID_7 = 70007, "a field of the UserSig is invalid (number used by old servers)"
    USERSIG_CONTENT_INVALID_8 = 70008, "the inner signature is malformed (number used by old servers)"
    USERSIG_MISMATCH = 70009, "the UserSig was not made with a key of this app"
    USERSIG_CONTENT_INVALID_10 = 70010, "the UserSig was refused (number used by old servers)"
    USERSIG_USER_MISMATCH = 70013, "the UserSig was made for another UserID"
    USERSIG_SDKAPPID_MISMATCH = 70014, "the UserSig was made for another SDKAppID"
    USERSIG_NO_METHOD = 70015, "the app has no way to check a UserSig of this version"
    USERSIG_NO_KEY = 70016, "the app has no key stored"
    TICKET_TIMEOUT = 70017, "checking the third-party ticket took too long"
    TICKET_FAILED = 70018, "the third-party ticket was refused"
    TICKET_EMPTY = 70019, "the third-party ticket is empty"
    SDKAPPID_NOT_FOUND = 70020, "this SDKAppID does not exist"
    LOGIN_TOO_MANY_FAILURES = 70050, "too many failed checks; wait one minute"
    LOGIN_BLACKLISTED = 70051, "the account is not allowed to log in"
    LOGIN_KICKED = 70052, "the UserSig was made invalid; ask for a new one"
    LOGIN_LIMITED = 70114, "logging in too often; wait"

    # Accounts, user status (section 3)
    ACCOUNT_NOT_FOUND = 70107, "the account does not exist"
    ACCOUNT_TIMEOUT = 70169, "the account service took too long; try again"
    ACCOUNT_SERVER_TIMEOUT = 70202, "the server took too long; try again"
    ACCOUNT_BATCH_SIZE = 70206, "the number of accounts in the request is out of range"
    ACCOUNT_TRIAL_QUOTA = 70398, "the app may not have more accounts"
    ACCOUNT_DELETED_RECENTLY = 70399, "a deleted UserID cannot be imported again so soon"
    ACCOUNT_BAD_PARAMETER = 70402, "a parameter is missing or illegal"
    ACCOUNT_NOT_ADMIN = 70403, "the caller is not an administrator of the app"
    ACCOUNT_PROFILE_TIMEOUT = 70404, "writing the nick or avatar took too long (number used by old servers)"
    ACCOUNT_INTERNAL = 70500, "the account service failed; try again"
    ACCOUNT_DELETE_FORBIDDEN = 71000, "the app does not allow accounts to be deleted"
    STATUS_DISABLED = 72001, "user status is switched off for this app"
    PROFILE_SUBSCRIPTION_DISABLED = 72012, "profile subscription is switched off for this app"

    # Profile (section 4)
    PROFILE_BAD_REQUEST = 40001, "the profile request is malformed"
    PROFILE_NO_ACCOUNT = 40002, "the request names no account"
    PROFILE_ACCOUNT_NOT_FOUND = 40003, "the account does not exist"
    PROFILE_NOT_ADMIN = 40004, "the caller is not an administrator of the app"
    PROFILE_SENSITIVE_WORD = 40005, "a field contains a forbidden word"
    PROFILE_INTERNAL = 40006, "the profile service failed; try again"
    PROFILE_NO_READ_PERMISSION = 40007, "the caller may not read this field"
    PROFILE_NO_WRITE_PERMISSION = 40008, "the caller may not write this field"
    PROFILE_NO_SUCH_FIELD = 40009, "no such profile field"
    PROFILE_VALUE_TOO_LONG = 40601, "a value is longer than 500 bytes"
    PROFILE_VALUE_OUT_OF_RANGE = 40605, "the value is not one that the standard field takes"
    PROFILE_VALUE_TYPE = 40610, "the value has the wrong JSON type"

    # Relations and follow (section 5)
    SNS_BAD_REQUEST = 30001, "the relation request is malformed or does not fit the present relation"
    SNS_OTHER_APP = 30002, "the target belongs to another SDKAppID"
    SNS_ACCOUNT_NOT_FOUND = 30003, "the account does not exist"
    SNS_NOT_ADMIN = 30004, "the caller is not an administrator of the app"
    SNS_SENSITIVE_WORD = 30005, "a field contains a forbidden word"
    SNS_INTERNAL = 30006, "the relation service failed; try again"
    SNS_TIMEOUT = 30007, "the relation service took too long; try again"
    SNS_WRITE_CONFLICT = 30008, "another write to the same list was first; try again, or use a batch"
    SNS_ADD_FORBIDDEN = 30009, "the requester may not send friend requests"
    SNS_FRIENDS_FULL = 30010, "the friend list is full"
    SNS_GROUPS_FULL = 30011, "there are too many friend groups"
    SNS_PENDING_FULL = 30012, "the list of pending requests is full"
    SNS_BLACKLIST_FULL = 30013, "the blacklist is full"
    SNS_PEER_FRIENDS_FULL = 30014, "the other side's friend list is full"
    SNS_ALREADY_FRIENDS = 30015, "the two are friends already"
    SNS_IN_OWN_BLACKLIST = 30515, "the target is on the requester's blacklist"
    SNS_PEER_DENIES_ALL = 30516, "the target accepts no friend requests"
    SNS_IN_PEER_BLACKLIST = 30525, "the requester is on the target's blacklist"
    SNS_NEEDS_CONFIRM = 30539, "the request waits for the target's confirmation"
    SNS_ADD_LIMITED = 30540, "too many friend requests; try again later"
    SNS_PENDING_NOT_FOUND = 30614, "there is no such pending request to answer"
    SNS_NOT_FRIEND = 31704, "the account to delete is not a friend"
    SNS_DELETE_LIMITED = 31707, "too many deletions of friends; try again later"
    SNS_PENDING_DELETE_NOT_FOUND = 31804, "there is no such pending request to delete"
    FOLLOW_FOLLOWING_FULL = 32100, "the own list of followed accounts is full"
    FOLLOW_PEER_FOLLOWERS_FULL = 32101, "the other side has too many followers"
    FOLLOW_MUTUAL_FULL = 32102, "the own list of mutual follows is full"
    FOLLOW_PEER_MUTUAL_FULL = 32103, "the other side's list of mutual follows is full"
    SNS_GROUP_MEMBER_NOT_FRIEND = 32216, "an account to put into the friend group is not a friend"

    # Conversations (section 6)
    CONV_ACCOUNT_NOT_FOUND = 50001, "the account does not exist"
    CONV_BAD_REQUEST = 50002, "the conversation request is malformed"
    CONV_NOT_ADMIN = 50003, "the caller is not an administrator of the app"
    CONV_INTERNAL = 50004, "the conversation service failed; try again"
    CONV_TIMEOUT = 50005, "the conversation service took too long; try again"
    CONV_ITEM_COUNT = 51006, "the number of items must be 1 to 100"
    CONV_GROUP_UNRESOLVED = 51007, "the server failed, or a group of the request is gone"
    CONV_MARKS_FULL = 51008, "more than 1000 conversations are marked or grouped"
    CONV_CONTACT_GROUP_NOT_FOUND = 51009, "no such conversation group"
    CONV_CONTACT_GROUPS_FULL = 51010, "more than 20 conversation groups"
    CONV_CONTACT_GROUP_NAME = 51011, "the name of a conversation group is longer than 32 bytes"
    CONV_TOP_FULL = 51012, "too many pinned conversations"
    CONV_PLAN_REQUIRED = 51013, "the app's plan lacks marks and groups of conversations"

    # One-to-one messages (section 7)
    C2C_BAD_PACKET = 20001, "the request packet is illegal"
    C2C_TICKET_INVALID = 20002, "the UserSig or the session ticket is invalid"
    C2C_ACCOUNT_INVALID = 20003, "the sender or the receiver is invalid or does not exist"
    C2C_NETWORK = 20004, "network trouble; try again"
    C2C_INTERNAL = 20005, "the message service failed; try again"
    C2C_CALLBACK_REFUSED = 20006, "the app's before-send callback refused the message"
    C2C_BLOCKED = 20007, "the receiver has blocked the sender"
    C2C_OTHER_APP = 20008, "sender and receiver belong to different SDKAppIDs"
    C2C_NOT_FRIENDS = 20009, "the two are not friends"
    C2C_SENDER_NOT_FRIEND = 20010, "the sender is not on the receiver's friend list"
    C2C_RECEIVER_NOT_FRIEND = 20011, "the receiver is not on the sender's friend list"
    C2C_MUTED = 20012, "the sender is muted"
    C2C_RECALL_EXPIRED = 20016, "the time in which the message can be recalled has passed"
    C2C_ROAMING_DELETE_FAILED = 20018, "deleting stored messages failed; try again"
    C2C_MESSAGE_NOT_FOUND = 20022, "the message does not exist"
    C2C_ALREADY_RECALLED = 20023, "the message is recalled already"
    C2C_EDIT_VERSION = 20027, "the message was edited since; read it again"
    C2C_EDIT_CONFLICT = 20028, "the message is being edited by another at the same time"

    # Push tokens, message extensions, reactions (section 7)
    TOKEN_BEFORE_LOGIN = 21005, "the push token was set before the login was done"
    TOKEN_NO_CERTIFICATE = 22001, "the app has no offline-push certificate"
    TOKEN_NETWORK = 22002, "network trouble; try again"
    TOKEN_EMPTY = 22003, "the push token is empty"
    TOKEN_TOO_LONG = 22004, "the push token is longer than 256 bytes"
    TOKEN_LOGIN_DATA_TOO_LONG = 22005, "the login data is longer than 1024 bytes"
    TOKEN_TOO_FREQUENT = 22006, "the push token is set too often"
    C2C_TRIAL_QUOTA = 22007, "the app's quota of daily active senders is used up"
    EXTENSION_CONFLICT = 23001, "another writer changed the extension; read it again"
    EXTENSION_UNSUPPORTED = 23002, "the message does not take extensions"
    EXTENSION_TOO_FREQUENT = 23003, "more than 200 writes to extensions in a minute"
    EXTENSION_NOT_FOUND = 23004, "the message or the extension key does not exist"
    REACTION_LIMIT = 23005, "too many different reactions to the message"
    REACTION_USER_LIMIT = 23006, "too many users gave this reaction"
    REACTION_EXISTS = 23007, "the user has reacted so already"
    REACTION_NOT_FOUND = 23008, "no such reaction"
    REACTION_NOT_GIVEN = 23009, "the user has not reacted so"
    SEARCH_PARAMETERS = 27003, "a field of the search is missing or out of range"

    # Field checks of openim, push to many (section 8, and 2.8 of the operations file)
    MSG_BODY_NOT_JSON = 90001, "the request body is not valid JSON"
    MSG_BODY_MALFORMED = 90002, "MsgBody is not well-formed"
    MSG_TO_ACCOUNT = 90003, "To_Account is missing, of the wrong type, or unknown"
    MSG_SEQ = 90004, "MsgSeq is not an unsigned 32-bit integer"
    MSG_RANDOM = 90005, "MsgRandom is missing or not an integer"
    MSG_TIMESTAMP = 90006, "MsgTimeStamp is missing or not an integer"
    MSG_BODY_NOT_ARRAY = 90007, "MsgBody is not an array"
    MSG_FROM_ACCOUNT = 90008, "From_Account is missing, of the wrong type, or unknown"
    MSG_NOT_ADMIN = 90009, "the caller is not an administrator of the app"
    MSG_FORMAT = 90010, "the request does not follow the message format"
    MSG_TOO_MANY_ACCOUNTS = 90011, "more than 500 accounts in one request"
    MSG_RECEIVER_NOT_FOUND = 90012, "the receiver does not exist"
    PUSH_TASK_ID_MISSING = 90015, "the request names no push task"
    PUSH_TASK_ID_INVALID = 90016, "the push task id is invalid"
    PUSH_REPORT_FAILED = 90017, "reading the push report failed; try again"
    PUSH_TOO_MANY_ACCOUNTS = 90018, "too many accounts in one request"
    PUSH_TAG_ILLEGAL = 90020, "a tag is illegal or too long"
    PUSH_TAG_IN_BOTH = 90022, "a tag stands in both the Or and the And condition"
    PUSH_TOO_FREQUENT = 90024, "two pushes within one second"
    MSG_LIFE_TIME_RANGE = 90026, "the offline keep time is out of range (0 to 604800 seconds)"
    MSG_TO_ACCOUNT_NOT_ARRAY = 90028, "To_Account is not an array"
    MSG_TO_ACCOUNT_EMPTY = 90029, "To_Account is empty"
    MSG_SYNC_FROM_OLD_SYSTEM = 90030, "SyncFromOldSystem or an attribute name is missing or illegal"
    MSG_SYNC_OTHER_MACHINE = 90031, "SyncOtherMachine is not an integer"
    PUSH_TOO_MANY_TAGS = 90032, "more than 10 tags"
    PUSH_ATTRIBUTE_INVALID = 90033, "an attribute is invalid"
    PUSH_TAG_TOO_LONG = 90034, "a tag is longer than 50 bytes"
    PUSH_CONDITION_MIXED = 90039, "a condition may name tags or attributes, not both"
    PUSH_TAG_EMPTY = 90040, "a tag of the condition is empty"
    MSG_OFFLINE_PUSH_INFO = 90043, "OfflinePushInfo is malformed"
    MSG_LIFE_TIME_TYPE = 90044, "MsgLifeTime is not an integer"
    PUSH_DISABLED = 90045, "push to many is switched off for this app"
    PUSH_QUOTA = 90047, "the day's quota of pushes is used up"
    MSG_ACCOUNT_NOT_FOUND = 90048, "the account does not exist"
    PUSH_TASK_NOT_FOUND = 90049, "no record of this push task"
    PUSH_ALREADY_REVOKED = 90050, "the push is revoked already"
    PUSH_REVOKE_TOO_FREQUENT = 90051, "pushes are revoked too often"
    PUSH_REVOKE_EXPIRED = 90052, "a push can be revoked within 24 hours only"
    PUSH_REVOKE_NO_INFO = 90053, "revoking needs OfflinePushInfo"
    MSG_KEY = 90054, "MsgKey is illegal"
    MSG_BATCH_TOO_LONG = 90055, "the batch message is longer than 12 KB"
    PUSH_TOO_LONG = 90056, "the push request is longer than 10 KB"
    MSG_BATCH_QUOTA = 90057, "the minute's quota of batch messages is used up, or DataId is longer than 64 bytes"
    MSG_CALLBACK_INTERNAL = 90992, "the message failed inside the server; check the app's callback, then try again"
    MSG_INTERNAL_94 = 90994, "the message service failed (stage 4); try again"
    MSG_INTERNAL_95 = 90995, "the message service failed (stage 5); try again"
    MSG_INTERNAL = 91000, "the message service failed; try again"
    TOO_MANY_WEB_INSTANCES = 91101, "another web instance of the account took over"
    MSG_TOO_LONG = 93000, "the message is longer than 12 KB of JSON"

    # Groups (section 9)
    GROUP_SIGNATURE = 10001, "the caller's signature was refused"
    GROUP_INTERNAL = 10002, "the group service failed; try again"
    GROUP_NO_SUCH_COMMAND = 10003, "no such command of the group service"
    GROUP_BAD_PARAMETER = 10004, "a parameter is missing or wrong"
    GROUP_TOO_MANY_ACCOUNTS = 10005, "too many accounts in one request"
    GROUP_TOO_FREQUENT = 10006, "the group command is called too often"
    GROUP_NOT_PERMITTED = 10007, "not permitted for this role, group type or non-member"
    GROUP_REQUEST_ILLEGAL = 10008, "the request is illegal, or the app's plan lacks the feature"
    GROUP_OWNER_CANNOT_QUIT = 10009, "the owner cannot leave a group of this type"
    GROUP_NOT_FOUND = 10010, "the group does not exist or was dissolved"
    GROUP_BODY_NOT_JSON = 10011, "the request body is not valid JSON"
    GROUP_OPERATOR_INVALID = 10012, "the UserID of the operator is illegal"
    GROUP_ALREADY_MEMBER = 10013, "the account is a member already"
    GROUP_FULL = 10014, "the group is full, or the request would overfill it"
    GROUP_ID_INVALID = 10015, "the group id is malformed"
    GROUP_CALLBACK_REFUSED = 10016, "the app's callback refused the request"
    GROUP_MUTED = 10017, "the sender is muted"
    GROUP_ANSWER_TOO_LARGE = 10018, "the answer would be larger than 1 MB; ask for less"
    GROUP_ACCOUNT_NOT_FOUND = 10019, "the account does not exist"
    GROUP_IMPORT_TOO_LONG = 10020, "an imported message is too long"
    GROUP_ID_TAKEN = 10021, "the group id is taken"
    GROUP_MESSAGE_TOO_FREQUENT = 10023, "messages are sent to the group too fast"
    GROUP_APPLICATION_HANDLED = 10024, "the application or invitation was handled already"
    GROUP_ID_TAKEN_BY_SELF = 10025, "the group id is taken by a group that the operator owns"
    GROUP_COMMAND_DISABLED = 10026, "the command is switched off for this app"
    GROUP_MESSAGE_NOT_FOUND = 10030, "the message does not exist"
    GROUP_RECALL_EXPIRED = 10031, "the time in which the message can be recalled has passed"
    GROUP_RECALL_UNSUPPORTED = 10032, "this message cannot be recalled"
    GROUP_RECALL_TYPE = 10033, "groups of this type do not support recall"
    GROUP_DELETE_UNSUPPORTED = 10034, "this kind of message cannot be deleted"
    GROUP_DELETE_TYPE = 10035, "groups of this type do not support deleting messages"
    GROUP_AVCHATROOM_QUOTA = 10036, "the app may not have more AVChatRooms, or communities"
    GROUP_JOINED_QUOTA = 10037, "the user may not be in more groups"
    GROUP_MEMBER_QUOTA = 10038, "the member limit exceeds what the app may have"
    GROUP_RECALL_DISABLED = 10041, "recall in groups is switched off for this app"
    GROUP_NO_HISTORY = 10044, "groups of this type keep no history"
    GROUP_ATTR_KEY_TOO_LONG = 10045, "the key of an attribute is longer than 32 bytes"
    GROUP_ATTR_VALUE_TOO_LONG = 10046, "the value of an attribute is longer than 4000 bytes"
    GROUP_ATTR_TOO_MANY = 10047, "more than 16 attributes"
    GROUP_ATTR_TOO_LARGE = 10048, "the attributes' values are larger than 16000 bytes together"
    GROUP_ATTR_TOO_FREQUENT = 10049, "the attributes are written too often"
    GROUP_ATTR_NOT_FOUND = 10050, "the attribute to delete does not exist"
    GROUP_DELETE_RANGE = 10051, "the range of messages to delete is too large"
    GROUP_DELETE_NOT_FOUND = 10052, "the group has none of the messages to delete"
    GROUP_TOO_MANY_MENTIONS = 10053, "more than 30 mentions"
    GROUP_TOO_MANY_MEMBERS = 10054, "too many members for one answer; ask page by page"
    GROUP_ATTR_CONFLICT = 10056, "the attributes were changed by another; read them again"
    GROUP_TRIAL_QUOTA = 10058, "the app may not have more groups"
    GROUP_PLAN_REQUIRED = 10059, "the app's plan lacks this feature"
    GROUP_RECEIPT_TOO_LARGE = 10060, "the group is too large for read receipts"
    GROUP_RECEIPT_ONLINE_ONLY = 10061, "an online-only message has no read receipt"
    GROUP_RECEIPT_NOT_FOUND = 10062, "the message has no record of read receipts"
    GROUP_COUNTER_TOO_MANY = 10063, "more than 20 counters"
    GROUP_PIN_LIMIT = 10070, "too many pinned messages"
    GROUP_ALREADY_PINNED = 10071, "the message is pinned already"
    COMMUNITY_DISABLED = 11000, "communities are switched off for this app"
    TOPIC_DELETE_FAILED = 110002, "deleting the topic failed"
    TOPIC_ALREADY_DELETED = 110003, "the topic is deleted already"
    PERMISSION_GROUP_NOT_FOUND = 110006, "the permission group does not exist"
    PERMISSION_GROUP_DELETED = 110008, "the permission group is deleted already"
    PERMISSION_TOPIC_GIVEN = 110010, "the permission group has rights in the topic already"
    PERMISSION_TOPIC_NOT_GIVEN = 110011, "the permission group has no rights in the topic"
    PERMISSION_GROUP_FULL = 110012, "the permission group has too many members"
    PERMISSION_TOPIC_INVALID = 110013, "the topic is none of the community"
    PERMISSION_TOPIC_DELETED = 110014, "the right in the topic is deleted already"

    # Global mute and app data, service openconfigsvr (sections 1.1 to 1.3 of the operations file); official accounts
    # (part 3), of which some have the same numbers: officials/refusals.py names and words those
    CONFIG_BODY_NOT_JSON = 130001, "the request body is not valid JSON"
    CONFIG_GET_ACCOUNT_MISSING = 130002, "Get_Account is missing"
    CONFIG_GET_ACCOUNT_INVALID = 130003, "Get_Account is invalid"
    CONFIG_SET_ACCOUNT_MISSING = 130004, "Set_Account is missing; of official accounts: there is no such account"
    CONFIG_SET_ACCOUNT_INVALID = 130005, "Set_Account is invalid"
    OFFICIAL_FULL = 130006, "the official account has as many subscribers as it may have"
    OFFICIAL_ID_INVALID = 130007, "the ID of an official account begins with @TOA#_ and has at most 48 bytes"
    CONFIG_MUTE_TIME_MISSING = 130008, "neither of the two mute times is given; of official accounts: the ID is in use"
    CONFIG_DATA_OPEN = 130009, "opening the statistics failed; try again"
    CONFIG_DATA_CONNECT = 130010, "the statistics are unreachable; of official accounts: too many were made"
    CONFIG_DATA_QUERY = 130011, "reading the statistics failed; try again"
    CONFIG_DATA_RESULT = 130012, "the statistics are unreadable; try again"
    CONFIG_INTERNAL = 130014, "the configuration service failed; try again"
    OFFICIAL_NOT_SUBSCRIBED = 131003, "the user does not follow the official account"


# Where an app's webhook answers choose the number; both ends are part of the range (section 1).
APP_CODE_RANGES: Final = ((10100, 10200), (38000, 39000), (120001, 130000))


def is_app_code(code: int) -> bool:
    """Tell whether `code` lies in a range that the app itself may use in a webhook's answer."""
    return any(low <= code <= high for low, high in APP_CODE_RANGES)


class Unavailable(Exception):
    """Something that the server depends on, such as its database, does not answer now; the same call may succeed later.

    Whoever notices the outage logs it once. Edges answer with a code that means "try again", without a traceback.
    """


class ApiError(Exception):
    """A refusal that reaches the caller as ErrorCode, ErrorInfo and ErrorDisplay.

    `code` is a `Code`, or a plain integer for which `is_app_code` holds (passed through from a webhook).
    `info` is written for developers and defaults to the code's meaning; it must not contain secrets.
    `display` is shown to end users and is usually empty.
    """

    __slots__ = ("code", "display", "info")

    code: int
    info: str
    display: str

    def __init__(self, code: int, info: str = "", display: str = "") -> None:
        self.code = code
        self.info = info or (code.meaning if isinstance(code, Code) else "")
        self.display = display

    def __str__(self) -> str:
        return f"{int(self.code)}: {self.info}"

    def __reduce__(self) -> tuple[type[ApiError], tuple[int, str, str]]:
        return type(self), (self.code, self.info, self.display)
