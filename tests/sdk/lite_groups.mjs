// Groups: profiles, members, applications, counters, topics and live rooms, by lite-chat.
import { client, end, step, userSigs } from './lite_support.mjs';

const [amy, bob, cat] = [client(), client(), client()];
const { Chat } = amy;
for (const [at, [who, userID]] of [[amy, 'amy'], [bob, 'bob'], [cat, 'cat']].entries()) await who.signIn(userID, userSigs[at]);
const ids = (list) => list.map((one) => one.userID).sort();
const groupID = 'club';

await step('a group', async () => {
  const made = await amy.chat.createGroup({ type: Chat.TYPES.GRP_PUBLIC, name: 'club', groupID, inviteOption: Chat.TYPES.INVITE_OPTIONS_FREE_ACCESS, joinOption: Chat.TYPES.JOIN_OPTIONS_NEED_PERMISSION, groupCustomField: [{ key: 'floor', value: '2' }] });
  return [made.data.group.groupID, made.data.group.type];
});
await step('is changed', async () => {
  await amy.chat.updateGroupProfile({ groupID, name: 'Club', introduction: 'in', notification: 'no', avatar: 'https://img.example/c.png', groupCustomField: [{ key: 'floor', value: '3' }] });
  const { group } = (await amy.chat.getGroupProfile({ groupID })).data;
  return [group.name, group.introduction, group.notification, group.avatar, group.ownerID, group.memberCount, group.groupCustomField];
});
await step('is found', async () => (await cat.chat.searchGroupByID(groupID)).data.group.name);
await step('an application', async () => {
  const { status } = (await cat.chat.joinGroup({ groupID, applyMessage: 'let me in' })).data;
  await amy.next('MESSAGE_RECEIVED', (list) => list.some((one) => one.payload.operationType === 1));
  const { applicationList } = (await amy.chat.getGroupApplicationList()).data;
  await amy.chat.handleGroupApplication({ handleAction: 'Agree', handleMessage: 'come', application: applicationList[0] });
  await cat.next('GROUP_LIST_UPDATED', (list) => list.some((group) => group.groupID === groupID));
  return [status, applicationList.map((one) => [one.applicant, one.note ?? one.applyMessage ?? null])];
});
await step('members', async () => {
  const added = (await amy.chat.addGroupMember({ groupID, userIDList: ['bob'] })).data;
  await bob.next('GROUP_LIST_UPDATED', (list) => list.some((group) => group.groupID === groupID));
  await amy.chat.setGroupMemberNameCard({ groupID, userID: 'bob', nameCard: 'Bobby' });
  await amy.chat.setGroupMemberCustomField({ groupID, userID: 'bob', memberCustomField: [{ key: 'desk', value: '7' }] });
  const [{ userID, nameCard, role, memberCustomField }] = (await amy.chat.getGroupMemberProfile({ groupID, userIDList: ['bob'], memberCustomFieldFilter: ['desk'] })).data.memberList;
  return [added.successUserIDList, userID, nameCard, role, memberCustomField];
});
await step('groups of mine', async () => (await bob.chat.getGroupList()).data.groupList.map((group) => [group.groupID, group.selfInfo?.role ?? null]));
await step('counters', async () => {
  await amy.chat.setGroupCounters({ groupID, counters: { likes: 5, views: 10 } });
  await amy.chat.increaseGroupCounter({ groupID, key: 'likes', value: 3 });
  await amy.chat.decreaseGroupCounter({ groupID, key: 'views', value: 4 });
  return (await bob.chat.getGroupCounters({ groupID, keyList: [] })).data.counters;
});
await step('another owner', async () => {
  await amy.chat.changeGroupOwner({ groupID, newOwnerID: 'bob' });
  await bob.chat.changeGroupOwner({ groupID, newOwnerID: 'amy' });
});
await step('a member is removed', async () => {
  await amy.chat.deleteGroupMember({ groupID, userIDList: ['cat'], reason: 'x' });
  await cat.next('GROUP_LIST_UPDATED', (list) => list.length === 0);
  return ids((await amy.chat.getGroupMemberList({ groupID, count: 30, offset: 0 })).data.memberList);
});

const community = '@TGS#_city';
let topicID;
await step('a community', async () => {
  const made = await amy.chat.createGroup({ type: Chat.TYPES.GRP_COMMUNITY, name: 'city', groupID: community, isSupportTopic: true });
  await bob.chat.joinGroup({ groupID: community });
  return [made.data.group.groupID, (await bob.chat.getJoinedCommunityList()).data.groupList.map((group) => group.groupID)];
});
await step('a topic', async () => {
  ({ topicID } = (await amy.chat.createTopicInCommunity({ groupID: community, topicName: 'food' })).data);
  await bob.next('TOPIC_CREATED');
  await bob.chat.getTopicList({ groupID: community });
  await amy.chat.updateTopicProfile({ groupID: community, topicID, topicName: 'Food', notification: 'eat' });
  await bob.next('TOPIC_UPDATED', (topic) => topic.topicName === 'Food');
  const { successTopicList } = (await bob.chat.getTopicList({ groupID: community, topicIDList: [topicID] })).data;
  return successTopicList.map((topic) => [topic.topicName, topic.notification]);
});
await step('a message of a topic', async () => {
  await amy.chat.sendMessage(amy.chat.createTextMessage({ to: topicID, conversationType: Chat.TYPES.CONV_GROUP, payload: { text: 'soup' } }));
  return (await bob.next('MESSAGE_RECEIVED', (list) => list.some((one) => one.payload.text === 'soup')))[0].nick;
});
await step('a topic is removed', async () => {
  await amy.chat.deleteTopicFromCommunity({ groupID: community, topicIDList: [topicID] });
  await bob.next('TOPIC_DELETED');
  return (await amy.chat.getTopicList({ groupID: community })).data.successTopicList.length;
});

await step('a live room', async () => {
  await amy.chat.createGroup({ type: Chat.TYPES.GRP_AVCHATROOM, name: 'live', groupID: 'live' });
  await bob.chat.joinGroup({ groupID: 'live' });
  await cat.chat.joinGroup({ groupID: 'live' });
  await bob.chat.sendMessage(bob.chat.createTextMessage({ to: 'live', conversationType: Chat.TYPES.CONV_GROUP, payload: { text: 'on air' } }));
  const [heard] = await cat.next('MESSAGE_RECEIVED', (list) => list.some((one) => one.payload.text === 'on air'));
  const { memberCount } = (await bob.chat.getGroupOnlineMemberCount('live')).data;
  return [heard.from, memberCount];
});
await step('a member of a live room is marked', async () => {
  await amy.chat.markGroupMemberList({ groupID: 'live', userIDList: ['bob'], markType: 1000, enableMark: true });
  return null;
});
end();
