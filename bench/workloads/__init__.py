"""All workloads by name, in the order in which they run."""

from __future__ import annotations

from bench.workloads.avchatroom import AVChatRoom
from bench.workloads.base import Workload
from bench.workloads.c2c_loaded import C2cLoaded
from bench.workloads.c2c_rate import C2cRate
from bench.workloads.fanout import Fanout
from bench.workloads.friend_add import FriendAdd
from bench.workloads.friend_check import FriendCheck
from bench.workloads.friend_page import FriendPage
from bench.workloads.friend_read import FriendRead
from bench.workloads.group import Group
from bench.workloads.idle import Idle
from bench.workloads.login_storm import LoginStorm
from bench.workloads.rest_send import RestSend

_IN_ORDER: tuple[Workload, ...] = (
    C2cLoaded(),
    C2cRate(),
    Fanout(),
    Group(),
    AVChatRoom(),
    RestSend(),
    LoginStorm(),
    Idle(),
    FriendAdd(),
    FriendRead(),
    FriendPage(),
    FriendCheck(),
)
WORKLOADS: dict[str, Workload] = {workload.name: workload for workload in _IN_ORDER}
