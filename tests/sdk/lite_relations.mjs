// Profiles, friends, friend lists, requests, blacklist, follows and statuses, by lite-chat.
import { client, end, step, userSigs } from './lite_support.mjs';

const [amy, bob, cat] = [client(), client(), client()];
const { Chat } = amy;
const ids = (list) => list.map((one) => one.userID).sort();
for (const [at, [who, userID]] of [[amy, 'amy'], [bob, 'bob'], [cat, 'cat']].entries()) await who.signIn(userID, userSigs[at]);

await step('who one is', () => [amy.chat.getLoginUser(), amy.chat.isReady()]);
await step('a profile', async () => {
  await bob.chat.updateMyProfile({ nick: 'Bob', avatar: 'https://img.example/b.png', gender: Chat.TYPES.GENDER_MALE, selfSignature: 's', birthday: 19900102, location: 'x', language: '1', messageSettings: '0', level: 3, role: 4, allowType: Chat.TYPES.ALLOW_TYPE_ALLOW_ANY });
  const mine = (await bob.chat.getMyProfile()).data;
  const seen = (await amy.chat.getUserProfile({ userIDList: ['bob'] })).data[0];
  const shape = ({ userID, nick, avatar, gender, selfSignature, birthday, location, language, level, role, allowType }) => [userID, nick, avatar, gender, selfSignature, birthday, location, language, level, role, allowType];
  return [shape(mine), shape(seen)];
});
await step('custom fields of a profile', async () => (await amy.chat.getUserProfile({ userIDList: ['bob'] })).data[0].profileCustomField);

await step('a request', async () => {
  await cat.chat.updateMyProfile({ allowType: Chat.TYPES.ALLOW_TYPE_NEED_CONFIRM });
  const { code } = (await amy.chat.addFriend({ to: 'cat', source: 'AddSource_Type_Web', remark: 'kitty', groupName: 'pets', wording: 'hi', type: Chat.TYPES.SNS_ADD_TYPE_BOTH })).data;
  const { friendApplicationList, unreadCount } = await cat.next('FRIEND_APPLICATION_LIST_UPDATED', (data) => data.friendApplicationList.length > 0);
  return [code, ids(friendApplicationList), friendApplicationList[0].wording, unreadCount];
});
await step('is read', async () => {
  await cat.chat.setFriendApplicationRead();
  return (await cat.chat.getFriendApplicationList()).data.unreadCount;
});
await step('is refused', async () => {
  await cat.chat.refuseFriendApplication({ userID: 'amy' });
  await cat.next('FRIEND_APPLICATION_LIST_UPDATED', (data) => data.friendApplicationList.length === 0);
  return (await cat.chat.getFriendApplicationList()).data.friendApplicationList.length;
});
await step('comes again and is deleted', async () => {
  await amy.chat.addFriend({ to: 'cat', source: 'AddSource_Type_Web', type: Chat.TYPES.SNS_ADD_TYPE_BOTH });
  await cat.next('FRIEND_APPLICATION_LIST_UPDATED', (data) => data.friendApplicationList.length > 0);
  await cat.chat.deleteFriendApplication({ userID: 'amy', type: Chat.TYPES.SNS_APPLICATION_SENT_TO_ME });
  await cat.next('FRIEND_APPLICATION_LIST_UPDATED', (data) => data.friendApplicationList.length === 0);
  return (await cat.chat.getFriendApplicationList()).data.friendApplicationList.length;
});
await step('comes again and is accepted', async () => {
  await amy.chat.addFriend({ to: 'cat', source: 'AddSource_Type_Web', type: Chat.TYPES.SNS_ADD_TYPE_BOTH });
  await cat.next('FRIEND_APPLICATION_LIST_UPDATED', (data) => data.friendApplicationList.length > 0);
  await cat.chat.acceptFriendApplication({ userID: 'amy', type: Chat.TYPES.SNS_APPLICATION_AGREE_AND_ADD });
  await amy.next('FRIEND_LIST_UPDATED', (list) => list.length > 0);
  return ids((await amy.chat.getFriendList()).data);
});
await step('friends', async () => {
  await amy.chat.addFriend({ to: 'bob', source: 'AddSource_Type_Web', type: Chat.TYPES.SNS_ADD_TYPE_BOTH });
  await amy.next('FRIEND_LIST_UPDATED', (list) => list.length > 1);
  const { successUserIDList } = (await amy.chat.checkFriend({ userIDList: ['bob', 'dan'], type: Chat.TYPES.SNS_CHECK_TYPE_BOTH })).data;
  const { friendList, failureUserIDList } = (await amy.chat.getFriendProfile({ userIDList: ['bob', 'dan'] })).data;
  return [successUserIDList.map((one) => [one.userID, one.relation]), ids(friendList), ids(failureUserIDList)];
});
await step('a friend list', async () => {
  await amy.chat.createFriendGroup({ name: 'work', userIDList: ['bob'] });
  await amy.chat.addToFriendGroup({ name: 'work', userIDList: ['cat'] });
  await amy.chat.removeFromFriendGroup({ name: 'work', userIDList: ['bob'] });
  await amy.chat.renameFriendGroup({ oldName: 'work', newName: 'office' });
  const found = (await amy.chat.getFriendGroupList()).data.find((one) => one.name === 'office');
  await amy.chat.deleteFriendGroup({ name: 'office' });
  return [found.userIDList, (await amy.chat.getFriendGroupList()).data.map((one) => one.name)];
});
await step('a friend is deleted', async () => {
  await amy.chat.deleteFriend({ userIDList: ['cat'], type: Chat.TYPES.SNS_DELETE_TYPE_BOTH });
  await cat.next('FRIEND_LIST_UPDATED', (list) => list.length === 0);
  return ids((await amy.chat.getFriendList()).data);
});
await step('the blacklist', async () => {
  await amy.chat.addToBlacklist({ userIDList: ['dan', 'cat'] });
  const listed = (await amy.chat.getBlacklist()).data;
  await amy.chat.removeFromBlacklist({ userIDList: ['dan'] });
  return [listed.toSorted(), (await amy.chat.getBlacklist()).data];
});
await step('who is blocked writes to nobody', async () => {
  const text = (to, words) => cat.chat.createTextMessage({ to, conversationType: 'C2C', payload: { text: words } });
  const { code } = await cat.chat.sendMessage(text('amy', 'unheard'));
  await amy.chat.removeFromBlacklist({ userIDList: ['cat'] });
  await cat.chat.sendMessage(text('amy', 'heard'));
  await amy.next('MESSAGE_RECEIVED', (list) => list.some((one) => one.payload.text === 'heard'));
  return [code, (await amy.chat.getMessageList({ conversationID: 'C2Ccat' })).data.messageList.map((one) => one.payload.text)];
});
await step('follows', async () => {
  await amy.chat.followUser(['bob', 'cat']);
  await bob.chat.followUser(['amy']);
  const listed = (page) => ids(page.data.resultList);
  const [{ followerCount, followingCount, mutualFollowingCount }] = (await amy.chat.getUserFollowInfo(['bob'])).data;
  const kinds = (await amy.chat.checkFollowType(['bob', 'cat'])).data.map((one) => [one.userID, one.followType]);
  return [kinds, [followerCount, followingCount, mutualFollowingCount], listed(await amy.chat.getMyFollowingList()), listed(await amy.chat.getMyFollowersList()), listed(await amy.chat.getMutualFollowersList())];
});
await step('nobody is followed', async () => {
  await amy.chat.unfollowUser(['bob', 'cat']);
  return (await amy.chat.checkFollowType(['bob'])).data.map((one) => one.followType);
});
await step('a status', async () => {
  await amy.chat.subscribeUserStatus({ userIDList: ['bob'] });
  await bob.chat.setSelfStatus({ customStatus: 'busy' });
  const heard = (await amy.next('USER_STATUS_UPDATED', (list) => list.some((one) => one.customStatus === 'busy'))).map((one) => [one.userID, one.statusType, one.customStatus]);
  const { successUserList } = (await amy.chat.getUserStatus({ userIDList: ['bob', 'dan'] })).data;
  await amy.chat.unsubscribeUserStatus({ userIDList: ['bob'] });
  return [heard, successUserList.map((one) => [one.userID, one.statusType])];
});
end();
