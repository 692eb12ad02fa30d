// Elements, receipts, reactions, extensions, search and signalling, by lite-chat.
import { client, end, step, userSigs } from './lite_support.mjs';

const [amy, bob] = [client(), client()];
const { Chat } = amy;
for (const [at, [who, userID]] of [[amy, 'amy'], [bob, 'bob']].entries()) await who.signIn(userID, userSigs[at]);
const C2C = Chat.TYPES.CONV_C2C;
const GROUP = Chat.TYPES.CONV_GROUP;
const made = (await amy.chat.createGroup({ type: Chat.TYPES.GRP_PUBLIC, name: 'team', groupID: 'team', memberList: [{ userID: 'bob' }] })).data;
await bob.next('GROUP_LIST_UPDATED', (list) => list.some((group) => group.groupID === 'team'));
const shape = ({ payload, type }) => [type, payload];
const arrives = async (message, options) => {
  await amy.chat.sendMessage(message, options);
  return (await bob.next('MESSAGE_RECEIVED', (list) => list.some((one) => one.ID === message.ID))).find((one) => one.ID === message.ID);
};
const to = { to: 'bob', conversationType: C2C };
const toTeam = { to: 'team', conversationType: GROUP };

await step('a group is there', () => made.group.groupID);
await step('a face', async () => shape(await arrives(amy.chat.createFaceMessage({ ...to, payload: { index: 1, data: 'tt01' } }))));
await step('a place', async () => shape(await arrives(amy.chat.createLocationMessage({ ...to, payload: { description: 'here', longitude: 113.5, latitude: 22.25 } }))));
await step('a mention', async () => {
  const found = await arrives(amy.chat.createTextAtMessage({ ...toTeam, payload: { text: '@bob', atUserList: ['bob'] } }));
  return found.atUserList;
});
await step('a forwarded message', async () => {
  const original = amy.chat.createTextMessage({ ...to, payload: { text: 'pass it on' } });
  await arrives(original);
  return shape(await arrives(amy.chat.createForwardMessage({ ...toTeam, payload: original })));
});
await step('a long bundle is downloaded', async () => {
  const messageList = [];
  for (let number = 0; number < 40; number += 1) {
    const message = amy.chat.createTextMessage({ ...to, payload: { text: `${number} ${'x'.repeat(400)}` } });
    await amy.chat.sendMessage(message);
    messageList.push(message);
  }
  const bundle = amy.chat.createMergerMessage({ ...to, payload: { messageList, title: 'long', abstractList: ['a'], compatibleText: 'c' } });
  const found = await arrives(bundle);
  const whole = found.payload.downloadKey ? await bob.chat.downloadMergerMessage(found) : found;
  return [Boolean(found.payload.downloadKey), whole.payload.messageList.length];
});
await step('a receipt', async () => {
  const found = await arrives(amy.chat.createTextMessage({ ...to, needReadReceipt: true, payload: { text: 'read?' } }));
  await bob.chat.sendMessageReadReceipt([found]);
  return (await amy.next('MESSAGE_READ_RECEIPT_RECEIVED')).map((one) => [one.userID, one.isPeerRead]);
});
await step('receipts of a group', async () => {
  const message = amy.chat.createTextMessage({ ...toTeam, needReadReceipt: true, payload: { text: 'all read?' } });
  const found = await arrives(message);
  await bob.chat.sendMessageReadReceipt([found]);
  const told = (await amy.next('MESSAGE_READ_RECEIPT_RECEIVED', (list) => list.some((one) => one.groupID === 'team')))[0];
  const [{ readReceiptInfo }] = (await amy.chat.getMessageReadReceiptList([message])).data.messageList;
  const who = (await amy.chat.getGroupMessageReadMemberList({ message, filter: 0, cursor: '', count: 10 })).data;
  return [told.readCount, told.unreadCount, readReceiptInfo.readCount, who.readUserIDList];
});
await step('reactions', async () => {
  const message = amy.chat.createTextMessage({ ...toTeam, payload: { text: 'react' } });
  const found = await arrives(message);
  await bob.chat.addMessageReaction(found, 'thumb');
  await amy.next('MESSAGE_REACTIONS_UPDATED');
  const { userList } = (await amy.chat.getAllUserListOfMessageReaction({ message, reactionID: 'thumb', nextSeq: 0, count: 10 })).data;
  await bob.chat.removeMessageReaction(found, 'thumb');
  const { resultList } = (await amy.chat.getMessageReactions({ messageList: [message], maxUserCountPerReaction: 1 })).data;
  return [userList.map((one) => one.userID), resultList[0].reactionList.filter((one) => one.totalUserCount).length];
});
await step('extensions', async () => {
  const message = amy.chat.createTextMessage({ ...toTeam, isSupportExtension: true, payload: { text: 'vote' } });
  const found = await arrives(message);
  await amy.chat.setMessageExtensions(message, [{ key: 'a', value: '1' }, { key: 'b', value: '2' }]);
  await bob.next('MESSAGE_EXTENSIONS_UPDATED');
  await bob.chat.deleteMessageExtensions(found, ['b']);
  return (await amy.chat.getMessageExtensions(message)).data.extensions.map((one) => [one.key, one.value]);
});
await step('a pinned message', async () => {
  const message = amy.chat.createTextMessage({ ...toTeam, payload: { text: 'pin me' } });
  await arrives(message);
  await amy.chat.pinGroupMessage({ groupID: 'team', message, isPinned: true });
  const { messageList } = (await amy.chat.getPinnedGroupMessageList('team')).data;
  await amy.chat.pinGroupMessage({ groupID: 'team', message, isPinned: false });
  return messageList.map((one) => one.payload.text);
});
await step('a message of a group is edited', async () => {
  const message = amy.chat.createTextMessage({ ...toTeam, payload: { text: 'before' } });
  await arrives(message);
  message.payload.text = 'after';
  message.cloudCustomData = 'cloud';
  await amy.chat.modifyMessage(message);
  const [edited] = await bob.next('MESSAGE_MODIFIED', (list) => list.some((one) => one.ID === message.ID));
  return [edited.payload.text, edited.cloudCustomData, edited.nick, bob.chat.findMessage(message.ID).payload.text];
});
await step('a message is sent again', async () => {
  const message = amy.chat.createTextMessage({ to: 'nobody', conversationType: C2C, payload: { text: 'again' } });
  const code = await amy.chat.sendMessage(message).catch((error) => error.code);
  return [code, message.status, await amy.chat.resendMessage(message).catch((error) => error.code)];
});
await step('found in the cloud', async () => {
  const { searchResultList, totalCount } = (await amy.chat.searchCloudMessages({ keywordList: ['pass it on'] })).data;
  const users = (await amy.chat.searchCloudUsers({ keywordList: ['bob'] })).data;
  const groups = (await amy.chat.searchCloudGroups({ keywordList: ['team'] })).data;
  const members = (await amy.chat.searchCloudGroupMembers({ keywordList: ['bob'], groupIDList: ['team'] })).data;
  const found = [users.searchResultList.map((one) => one.userID), groups.searchResultList.map((one) => one.groupID)];
  return [totalCount, searchResultList.map((one) => one.conversationID).sort(), ...found, members];
});
await step('translation is no part of a server of one\'s own', () => amy.chat.translateText({ sourceTextList: ['x'], sourceLanguage: 'en', targetLanguage: 'zh' }));

// Signalling. The package looks at invitations while somebody listens for new ones.
for (const who of [amy, bob]) who.chat.addSignalingListener(Chat.TSignaling.NEW_INVITATION_RECEIVED, () => {});
const told = (who, name) =>
  new Promise((done) => {
    who.chat.addSignalingListener(Chat.TSignaling[name], (event) => done(event.data));
  });
const ANSWERS = [['accept', 'INVITEE_ACCEPTED', bob], ['reject', 'INVITEE_REJECTED', bob], ['cancel', 'INVITATION_CANCELLED', amy]];
for (const [answer, event, actor] of ANSWERS) {
  await step(`an invitation: ${answer}`, async () => {
    const invited = told(bob, 'NEW_INVITATION_RECEIVED');
    const answered = told(actor === bob ? amy : bob, event);
    await amy.chat.invite({ userID: 'bob', data: 'call', timeout: 300 });
    const { inviter, inviteID, data } = await invited;
    await actor.chat[answer]({ inviteID, data: answer });
    return [inviter, data, (await answered).inviteID === inviteID];
  });
}
await step('an invitation is changed', async () => {
  const invited = told(bob, 'NEW_INVITATION_RECEIVED');
  const changed = told(bob, 'INVITATION_MODIFIED');
  await amy.chat.invite({ userID: 'bob', data: 'call', timeout: 300 });
  const { inviteID } = await invited;
  await amy.chat.modifyInvitation({ inviteID, data: 'call louder' });
  return (await changed).data;
});
await step('what an invitation says', async () => {
  const invited = told(bob, 'NEW_INVITATION_RECEIVED');
  await amy.chat.invite({ userID: 'bob', data: 'look', timeout: 300 });
  await invited;
  const { messageList } = (await bob.chat.getMessageList({ conversationID: 'C2Camy' })).data;
  const info = bob.chat.getSignalingInfo(messageList.at(-1));
  return [info.inviter, info.data, info.actionType];
});
await step('nobody listens any more', () => amy.chat.removeSignalingListener(Chat.TSignaling.NEW_INVITATION_RECEIVED, () => {}));
end();
