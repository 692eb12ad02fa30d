import { TUIChatKit, TUIComponents, TUIKit } from '@tencentcloud/chat-uikit-vue';
import { TUILogin } from '@tencentcloud/tui-core-lite';
import { createApp, h } from 'vue';

/** Signs in, then shows the whole kit; without an SDKAppID of its own it speaks English. */
export async function show({ sdkAppID, ...who }) {
  const page = createApp({ render: () => h('div', { style: { height: '100%' } }, [h(TUIKit)]) });
  TUIChatKit.components(TUIComponents, page);
  await TUILogin.login({ SDKAppID: sdkAppID, ...who, useUploadPlugin: true, framework: 'vue3' });
  page.mount('#root');
}
