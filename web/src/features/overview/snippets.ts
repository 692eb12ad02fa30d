/** What a web page needs to sign in with the official SDK at this server. */
export function clientSnippet(app: number, origin: string, user: string): string {
  return `import TencentCloudChat from '@tencentcloud/chat';

const chat = TencentCloudChat.create({ SDKAppID: ${app}, proxyServer: '${origin.replace(/^http/, "ws")}' });
await chat.login({ userID: ${JSON.stringify(user)}, userSig: await askYourServerFor(${JSON.stringify(user)}) });`;
}

/** A message over REST, as a back end sends it. */
export function serverLine(app: number, origin: string, from: string, to: string): string {
  const body = {
    SyncOtherMachine: 2,
    From_Account: from,
    To_Account: to,
    MsgRandom: 1,
    MsgBody: [{ MsgType: "TIMTextElem", MsgContent: { Text: "Hello" } }],
  };
  const query = `sdkappid=${app}&identifier=administrator&usersig=$USERSIG&random=$RANDOM&contenttype=json`;
  return `curl "${origin}/v4/openim/sendmsg?${query}" \\\n  -d '${JSON.stringify(body).replaceAll("'", "'\\''")}'`;
}
