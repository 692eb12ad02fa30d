import {
  Chat,
  ChatHeader,
  ChatSetting,
  ContactList,
  ConversationList,
  LoginStore,
  MessageInput,
  MessageList,
  Search,
  UIKitProvider,
} from '@tencentcloud/chat-uikit-react';
import { useEffect, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { haveReplies } from './replies.js';

function Page(who) {
  const { loginUserInfo, login } = LoginStore();
  const [side, setSide] = useState('');
  const [failed, setFailed] = useState('');
  const [ready, setReady] = useState(false);
  useEffect(() => {
    login(who)
      .then(haveReplies)
      .then(() => setReady(true))
      .catch((error) => setFailed(String(error.message ?? error)));
  }, []);
  if (failed) return <p role="alert">{failed}</p>;
  if (!loginUserInfo || !ready) return <p>Signing in as {who.userID} …</p>;
  return (
    <div style={{ display: 'flex', height: '100%' }}>
      <nav style={{ width: 280, borderRight: '1px solid #ddd', display: 'flex', flexDirection: 'column' }}>
        <p style={{ margin: 8 }}>
          {who.userID}{' '}
          {['', 'contacts', 'search', 'settings'].map((name) => (
            <button key={name} type="button" onClick={() => setSide(name)}>
              {name || 'chats'}
            </button>
          ))}
        </p>
        {side === 'contacts' ? <ContactList /> : <ConversationList />}
      </nav>
      <Chat style={{ flex: 1 }} PlaceholderEmpty={<p>Choose a conversation.</p>}>
        <ChatHeader />
        <MessageList enableReadReceipt />
        <MessageInput />
      </Chat>
      {side === 'settings' && <ChatSetting style={{ width: 280 }} />}
      {side === 'search' && <Search style={{ width: 280 }} />}
    </div>
  );
}

export async function show(who) {
  createRoot(document.getElementById('root')).render(
    <UIKitProvider language="en-US" theme="light">
      <Page {...who} />
    </UIKitProvider>,
  );
}
