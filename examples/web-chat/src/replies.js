// chat-uikit-react 6 answers a message with createQuoteMessage, which lite-chat has from 1.6.15 on; 1.6.13 is the last of 1.x that
// npm has. Until then a page does it with what lite-chat has: the answer names its message in CloudCustomData as all the kits before
// did (messageReply), so that they show each other's answers, and what comes so gets the quoteInfo that this kit shows.
import TencentCloudChat from '@tencentcloud/lite-chat/basic';
import { TUILogin } from '@tencentcloud/tui-core-lite';

const { TYPES, EVENT } = TencentCloudChat;
const KINDS = ['', 'TEXT', 'CUSTOM', 'IMAGE', 'AUDIO', 'VIDEO', 'FILE', 'LOCATION', 'FACE', 'GRP_TIP', 'MERGER'];

function asNamed(message) {
  if (message.quoteInfo || !message.cloudCustomData) return;
  try {
    const { messageReply } = JSON.parse(message.cloudCustomData);
    const { messageID: msgID, messageTime, messageSequence } = messageReply ?? {};
    if (msgID) message.quoteInfo = { msgID, messageTime, messageSequence };
  } catch {
    // other data of the app's own
  }
}

/** Give the signed-in client what the kit answers messages with, if it has not got it. */
export function haveReplies() {
  const { chat } = TUILogin.getContext();
  if (chat.createQuoteMessage) return;
  chat.createQuoteMessage = (message, quoted) => {
    const messageReply = {
      messageAbstract: quoted.payload?.text ?? quoted.payload?.title ?? '',
      messageSender: quoted.nick || quoted.from,
      messageID: quoted.ID,
      messageType: KINDS.findIndex((kind) => kind && TYPES[`MSG_${kind}`] === quoted.type),
      messageTime: quoted.time,
      messageSequence: quoted.sequence,
      version: 1,
    };
    message.cloudCustomData = JSON.stringify({ messageReply });
    asNamed(message);
    return message;
  };
  chat.on(EVENT.MESSAGE_RECEIVED, ({ data }) => data.forEach(asNamed));
  for (const name of ['getMessageList', 'getMessageListHopping']) {
    const read = chat[name];
    chat[name] = async (...asked) => {
      const answer = await read(...asked);
      answer.data.messageList.forEach(asNamed);
      return answer;
    };
  }
}
