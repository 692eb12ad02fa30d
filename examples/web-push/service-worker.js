// Shows what a Sodam server pushes: {title, body, ext, badge, tag, silent}. Serve it from the root of your page.
self.addEventListener("push", (event) => {
  const push = event.data?.json() ?? {};
  event.waitUntil(show(push));
});

async function show({ title = "", body = "", ext = "", tag, badge, silent }) {
  if (badge !== undefined && "setAppBadge" in navigator) await navigator.setAppBadge(badge).catch(() => undefined);
  // A push of the same tag takes the place of the one before: a recalled message, an edited one. One that only takes
  // something back is silent, and changes what is shown without a sound.
  await self.registration.showNotification(title, { body, tag, silent: Boolean(silent), data: { ext } });
}

// A click brings the page to the front and tells it what the push carried.
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data?.ext ?? ""));
});

async function open(ext) {
  const [page] = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  if (!page) return self.clients.openWindow("/");
  page.postMessage({ kind: "push", ext });
  return page.focus();
}
