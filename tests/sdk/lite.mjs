// Two users of lite-chat chat, as tests/sdk has two of the full package do it.
import { client, end, sent, step, userSigs } from './lite_support.mjs';

const [sigOfAmy, sigOfBob, , , overOfAmy] = userSigs;
const amy = client();
const bob = client();
const { Chat } = amy;
const C2C = Chat.TYPES.CONV_C2C;
const GROUP = Chat.TYPES.CONV_GROUP;
const text = (who, to, conversationType, words) => who.chat.createTextMessage({ to, conversationType, payload: { text: words } });
const said = (words) => (messages) => messages.some((message) => message.payload.text === words);

for (const [who, userID, userSig] of [[amy, 'amy', sigOfAmy], [bob, 'bob', sigOfBob]]) {
  await step(`${userID} signs in`, () => who.signIn(userID, userSig));
}
await step('a wrong signature is refused', () => client().chat.login({ userID: 'amy', userSig: 'eJxx' }));
await step('a signature that is over is refused', () => client().chat.login({ userID: 'amy', userSig: overOfAmy }));
await step('a user without a profile is found', async () => (await amy.chat.getUserProfile({ userIDList: ['bob'] })).data.map((one) => one.userID));
await step('a profile is written', async () => (await amy.chat.updateMyProfile({ nick: 'Amy', selfSignature: 'hi' })).data.nick);

const hello = text(amy, 'bob', C2C, 'hello');
await step('a message is sent', async () => (await amy.chat.sendMessage(hello)).data.message.payload.text);
await step('it arrives with the nickname', async () => (await bob.next('MESSAGE_RECEIVED', said('hello')))[0].nick);
await step('it is edited', () => {
  hello.payload.text = 'hello again';
  return amy.chat.modifyMessage(hello).then(() => null);
});
await step('the edit arrives', async () => (await bob.next('MESSAGE_MODIFIED'))[0].payload.text);
await step('a reaction is read', async () => {
  await bob.chat.getMessageList({ conversationID: 'C2Camy' });
  await amy.chat.addMessageReaction(hello, 'smile');
  const { resultList } = (await amy.chat.getMessageReactions({ messageList: [hello] })).data;
  return resultList[0].reactionList.map((one) => [one.reactionID, one.totalUserCount, one.reactedByMyself]);
});
await step('the conversation is read', async () => {
  await bob.chat.setMessageRead({ conversationID: 'C2Camy' });
  await amy.next('MESSAGE_READ_BY_PEER');
});
await step('the conversation is pinned', async () => (await bob.chat.pinConversation({ conversationID: 'C2Camy', isPinned: true })).data.conversationID);
await step('the conversation list', async () => (await bob.chat.getConversationList()).data.conversationList.map((one) => [one.conversationID, one.isPinned, one.unreadCount, one.lastMessage.fromAccount]));
await step('history', async () => (await bob.chat.getMessageList({ conversationID: 'C2Camy' })).data.messageList.map((one) => one.payload.text));
const custom = amy.chat.createCustomMessage({ to: 'bob', conversationType: C2C, payload: { data: 'd', description: 'x', extension: 'y' } });
await step('a custom message', async () => {
  await amy.chat.sendMessage(custom);
  return (await bob.next('MESSAGE_RECEIVED', (messages) => messages[0].payload.data === 'd'))[0].payload;
});
await step('a bundle', async () => {
  const payload = { messageList: [hello, custom], title: 'two', abstractList: ['a'], compatibleText: 'c' };
  await amy.chat.sendMessage(amy.chat.createMergerMessage({ to: 'bob', conversationType: C2C, payload }));
  return (await bob.next('MESSAGE_RECEIVED', (messages) => messages[0].payload.title))[0].payload.title;
});
await step('the message is recalled', async () => {
  await amy.chat.revokeMessage(hello);
  await bob.next('MESSAGE_REVOKED');
});

await step('a friend is added', async () => {
  await amy.chat.addFriend({ to: 'bob', source: 'AddSource_Type_Web', wording: 'x', type: Chat.TYPES.SNS_ADD_TYPE_BOTH });
  return (await bob.next('FRIEND_LIST_UPDATED', (list) => list.length > 0)).map((one) => one.userID);
});
await step('a remark is written', async () => {
  await amy.next('FRIEND_LIST_UPDATED', (list) => list.length > 0);
  await amy.chat.updateFriend({ userID: 'bob', remark: 'Bobby' });
  await amy.next('FRIEND_LIST_UPDATED');
  return (await amy.chat.getFriendList()).data.map((one) => one.remark);
});

let groupID;
await step('a group is made', async () => {
  const made = await amy.chat.createGroup({ type: Chat.TYPES.GRP_PUBLIC, name: 'team', memberList: [{ userID: 'bob' }] });
  groupID = made.data.group.groupID;
  await bob.next('GROUP_LIST_UPDATED', (list) => list.some((group) => group.groupID === groupID));
});
await step('a group message arrives', async () => {
  await amy.chat.sendMessage(text(amy, groupID, GROUP, 'all'));
  return (await bob.next('MESSAGE_RECEIVED', said('all')))[0].payload.text;
});
await step('it is read', () => bob.chat.setMessageRead({ conversationID: `GROUP${groupID}` }).then(() => null));
await step('attributes', async () => {
  await amy.chat.initGroupAttributes({ groupID, groupAttributes: { k: 'v' } });
  await amy.chat.setGroupAttributes({ groupID, groupAttributes: { k: 'w', z: '1' } });
  await amy.chat.deleteGroupAttributes({ groupID, keyList: ['k'] });
  return (await amy.chat.getGroupAttributes({ groupID, keyList: [] })).data.groupAttributes;
});
await step('members', async () => (await amy.chat.getGroupMemberList({ groupID })).data.memberList.map((one) => [one.userID, one.role]));
await step('a member is made an administrator', async () => {
  await amy.chat.getGroupProfile({ groupID });
  await amy.chat.setGroupMemberRole({ groupID, userID: 'bob', role: Chat.TYPES.GRP_MBR_ROLE_ADMIN });
});
await step('and muted', () => amy.chat.setGroupMemberMuteTime({ groupID, userID: 'bob', muteTime: 60 }).then(() => null));
await step('who is muted is refused', () => bob.chat.sendMessage(text(bob, groupID, GROUP, 'muted')));
await step('quit', () => bob.chat.quitGroup(groupID).then(() => null));
await step('dismissed', () => amy.chat.dismissGroup(groupID).then(() => null));
await step('signed out', () => bob.chat.logout().then(() => null));
await step('features asked for', () => sent.get('im_sdk_config_mgr.fetch_imsdk_purchase_bitsv2'));
await step('destroyed', async () => {
  amy.chat.off(Chat.EVENT.SDK_READY, () => {});
  await amy.chat.destroy();
  return amy.chat.isReady();
});
end();
