// Conversations: lists, marks, groups, drafts, options, unread numbers, and histories, by lite-chat.
import { client, end, step, userSigs } from './lite_support.mjs';

const [amy, bob] = [client(), client()];
const { Chat } = amy;
for (const [at, [who, userID]] of [[amy, 'amy'], [bob, 'bob']].entries()) await who.signIn(userID, userSigs[at]);
const C2C = Chat.TYPES.CONV_C2C;
const say = async (who, to, words, options) => {
  const message = who.chat.createTextMessage({ to, conversationType: C2C, payload: { text: words } });
  return (await who.chat.sendMessage(message, options)).data.message;
};
const said = (words) => (messages) => messages.some((message) => message.payload.text === words);
const AMY = 'C2Camy';

await step('unread numbers', async () => {
  for (const words of ['one', 'two', 'three']) await say(amy, 'bob', words);
  await bob.next('MESSAGE_RECEIVED', said('three'));
  const { conversation } = (await bob.chat.getConversationProfile(AMY)).data;
  return [bob.chat.getTotalUnreadMessageCount(), conversation.unreadCount, conversation.lastMessage.payload.text, conversation.type];
});
await step('all are read', async () => {
  await bob.chat.setAllMessageRead({ scope: Chat.TYPES.READ_ALL_C2C_MSG });
  await amy.next('MESSAGE_READ_BY_PEER');
  return bob.chat.getTotalUnreadMessageCount();
});
await step('a mark', async () => {
  await bob.chat.markConversation({ conversationIDList: [AMY], markType: Chat.TYPES.CONV_MARK_TYPE_STAR, enableMark: true });
  const { conversationList } = (await bob.chat.getConversationList({ markType: Chat.TYPES.CONV_MARK_TYPE_STAR })).data;
  const marked = conversationList.map((one) => [one.conversationID, [...one.markList]]);
  await bob.chat.markConversation({ conversationIDList: [AMY], markType: Chat.TYPES.CONV_MARK_TYPE_STAR, enableMark: false });
  return marked;
});
await step('custom data', async () => {
  await bob.chat.setConversationCustomData({ conversationIDList: [AMY], customData: 'mine' });
  return (await bob.chat.getConversationProfile(AMY)).data.conversation.customData;
});
await step('a draft', async () => {
  await bob.chat.setConversationDraft({ conversationID: AMY, draftText: 'half a' });
  return (await bob.chat.getConversationProfile(AMY)).data.conversation.draftText;
});
await step('a conversation group', async () => {
  await bob.chat.createConversationGroup({ groupName: 'near', conversationIDList: [AMY] });
  await bob.chat.renameConversationGroup({ oldName: 'near', newName: 'dear' });
  const names = (await bob.chat.getConversationGroupList()).data.groupNameList ?? (await bob.chat.getConversationGroupList()).data;
  const { conversationList } = (await bob.chat.getConversationList({ groupName: 'dear' })).data;
  await bob.chat.deleteConversationsFromGroup({ groupName: 'dear', conversationIDList: [AMY] });
  await bob.chat.addConversationsToGroup({ groupName: 'dear', conversationIDList: [AMY] });
  await bob.chat.deleteConversationGroup('dear');
  return [names, conversationList.map((one) => one.conversationID), (await bob.chat.getConversationGroupList()).data];
});
await step('a message without a sound', async () => {
  await bob.chat.setMessageRemindType({ userIDList: ['amy'], messageRemindType: Chat.TYPES.MSG_REMIND_ACPT_NOT_NOTE });
  await say(amy, 'bob', 'quietly');
  await bob.next('MESSAGE_RECEIVED', said('quietly'));
  const { messageRemindType } = (await bob.chat.getConversationProfile(AMY)).data.conversation;
  return [messageRemindType, bob.chat.getTotalUnreadMessageCount()];
});
await step('do not disturb', async () => {
  await bob.chat.setAllReceiveMessageOpt({ messageRemindType: Chat.TYPES.MSG_REMIND_ACPT_NOT_NOTE, startHour: 22, startMinute: 30, startSecond: 0, duration: 3600 });
  const { messageRemindType, startTime, endTime, isRepeated } = (await bob.chat.getAllReceiveMessageOpt()).data;
  return [messageRemindType, endTime - startTime, isRepeated];
});
await step('history by pages', async () => {
  for (let number = 0; number < 20; number += 1) await say(amy, 'bob', `n${number}`);
  await bob.next('MESSAGE_RECEIVED', said('n19'));
  const texts = [];
  let nextReqMessageID;
  let isCompleted = false;
  while (!isCompleted) {
    const page = (await bob.chat.getMessageList({ conversationID: AMY, nextReqMessageID })).data;
    texts.unshift(...page.messageList.map((one) => one.payload.text));
    ({ nextReqMessageID, isCompleted } = page);
  }
  const once = [...new Set(texts)]; // it hands out twice what came meanwhile
  return [once.length, once.slice(0, 4), once.at(-1)];
});
await step('history from a time', async () => {
  const { messageList } = (await bob.chat.getMessageList({ conversationID: AMY })).data;
  const { time } = messageList.at(-1);
  const page = (await bob.chat.getMessageListHopping({ conversationID: AMY, time: time + 1, direction: 0, count: 5 })).data.messageList;
  return page.map((one) => one.payload.text).at(-1);
});
await step('messages are deleted', async () => {
  const { messageList } = (await bob.chat.getMessageList({ conversationID: AMY })).data;
  await bob.chat.deleteMessage(messageList.slice(-2));
  const { conversation } = (await bob.chat.getConversationProfile(AMY)).data;
  const kept = (await bob.chat.getMessageList({ conversationID: AMY })).data.messageList.filter((one) => !one.isDeleted);
  return [kept.at(-1).payload.text, conversation.lastMessage.payload.text];
});
await step('history is cleared', async () => {
  await bob.chat.clearHistoryMessage(AMY);
  return [(await bob.chat.getMessageList({ conversationID: AMY })).data.messageList.length, (await amy.chat.getMessageList({ conversationID: 'C2Cbob' })).data.messageList.length > 0];
});
await step('a conversation is deleted', async () => {
  await bob.chat.deleteConversation(AMY);
  return (await bob.chat.getConversationList()).data.conversationList.map((one) => one.conversationID);
});
end();
