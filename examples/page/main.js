// The page asks its own site for the server's address and for who it is, has that server's connect.js lead the kit, and
// only then loads the kit: the directory of examples/ that is built says what that is.
const user = new URLSearchParams(location.search).get('user');
const { server, sdkAppID, users } = await (await fetch('config.json')).json();
await new Promise((done, fail) => {
  const script = document.createElement('script');
  Object.assign(script, { src: `${server}/connect.js`, onload: done, onerror: fail });
  document.head.append(script);
});
document.title = user;
const { show } = await import('kit');
await show({ sdkAppID, userID: user, userSig: users[user] });
