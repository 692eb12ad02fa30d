// In the page, after a click (browsers ask the user then). `publicKey` is the certificate's PublicKey; what is returned is
// the device's token for the server: `businessID` is the certificate's number, `token` this text.
export async function subscribe(publicKey, worker = "/service-worker.js") {
  if ((await Notification.requestPermission()) !== "granted") throw new Error("the user wants no notifications");
  const registration = await navigator.serviceWorker.register(worker);
  await navigator.serviceWorker.ready;
  const wanted = bytes(publicKey);
  const old = await registration.pushManager.getSubscription();
  // A subscription belongs to the key with which it was made: after a new certificate it is good for nothing.
  if (old && !same(new Uint8Array(old.options.applicationServerKey), wanted)) await old.unsubscribe();
  const options = { userVisibleOnly: true, applicationServerKey: wanted };
  return JSON.stringify(await registration.pushManager.subscribe(options));
}

function bytes(base64url) {
  return Uint8Array.from(atob(base64url.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
}

function same(one, other) {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}
