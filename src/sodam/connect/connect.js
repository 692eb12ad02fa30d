// Leads a page's chat kit to the server that this script came from. Include it before the kit:
//
//   <script src="https://chat.example.com/connect.js"></script>
//
// or, in a bundle or in Node: import { connect } from './connect.js'; connect('https://chat.example.com').
//
// The newest UI kits stand on @tencentcloud/lite-chat, which opens fixed hosts whatever its proxyServer option says.
// Nothing of those packages is changed: new sockets to these hosts are opened at this server instead, and what the
// packages report to statistics hosts goes nowhere. Seen with lite-chat 4.2.1 and 1.6.13 and chat-uikit-react 6.1.7.
(function (root) {
  'use strict';

  // Hosts of the service. A later package may name more: this list is all there is to change.
  const SOCKETS = [
    /^\d+w4[a-z]\.my-imcloud\.com$/,
    /^wss[a-z0-9-]*\.my-imcloud\.com$/,
    /^wss[a-z0-9-]*\.im\.qcloud\.com$/,
    /^wss[a-z0-9-]*\.tim\.qq\.com$/,
  ];
  const REPORTS = [/^events\.im\.qcloud\.com$/, /^boce-cdn\.my-imcloud\.com$/, /^web\.sdk\.qcloud\.com$/];
  const CALLS = [/^api[a-z]*\.my-imcloud\.com$/];

  const among = (hosts, name) => hosts.some((host) => host.test(name));

  function parsed(url) {
    try {
      return new URL(String(url), root.location ? root.location.href : undefined);
    } catch {
      return null;
    }
  }

  /** The address at `server` for one of the service's, or null for any other. */
  function lead(url, server) {
    const from = parsed(url);
    if (!from) return null;
    const socket = /^wss?:$/.test(from.protocol);
    const to = new URL(server);
    if (from.protocol === 'https:' && to.protocol === 'http:' && from.host === to.host) {
      return `http:${from.href.slice('https:'.length)}`;
    }
    if (!among(socket ? SOCKETS : CALLS, from.hostname)) return null;
    if (socket) to.protocol = to.protocol === 'https:' || to.protocol === 'wss:' ? 'wss:' : 'ws:';
    to.pathname = to.pathname.replace(/\/$/, '') + from.pathname;
    to.search = from.search;
    return to.href;
  }

  /** lite-chat writes https:// before every address of a file: of a server without TLS it is taken back. */
  function leadFiles(server) {
    const { protocol, host } = new URL(server);
    if (protocol !== 'http:' || !root.Element || root.Element.prototype.sodam) return;
    const right = (url) => (String(url).startsWith(`https://${host}/`) ? `http:${String(url).slice('https:'.length)}` : url);
    const { setAttribute } = root.Element.prototype;
    root.Element.prototype.sodam = true;
    root.Element.prototype.setAttribute = function (name, value) {
      return setAttribute.call(this, name, name === 'src' || name === 'href' || name === 'poster' ? right(value) : value);
    };
    for (const [type, name] of [['HTMLImageElement', 'src'], ['HTMLMediaElement', 'src'], ['HTMLSourceElement', 'src'], ['HTMLAnchorElement', 'href']]) {
      const { prototype } = root[type];
      const property = Object.getOwnPropertyDescriptor(prototype, name);
      Object.defineProperty(prototype, name, {
        ...property,
        set(value) {
          property.set.call(this, right(value));
        },
      });
    }
  }

  const isReport = (url) => {
    const to = parsed(url);
    return to !== null && among(REPORTS, to.hostname);
  };

  function connect(server) {
    leadFiles(server);
    if (root.WebSocket && !root.WebSocket.sodam) {
      const Original = root.WebSocket;
      const Led = class WebSocket extends Original {
        constructor(url, ...rest) {
          super(lead(url, server) || url, ...rest);
        }
      };
      Led.sodam = true;
      root.WebSocket = Led;
    }
    if (root.XMLHttpRequest && !root.XMLHttpRequest.prototype.sodam) {
      const { open } = root.XMLHttpRequest.prototype;
      root.XMLHttpRequest.prototype.sodam = true;
      root.XMLHttpRequest.prototype.open = function (method, url, ...rest) {
        if (isReport(url)) return open.call(this, 'GET', 'data:application/json,{}', ...rest);
        return open.call(this, method, lead(url, server) || url, ...rest);
      };
    }
    if (root.fetch && !root.fetch.sodam) {
      const original = root.fetch;
      const led = function (request, options) {
        const url = request && request.url ? request.url : request;
        if (isReport(url)) return Promise.resolve(new Response('{}', { headers: { 'content-type': 'application/json' } }));
        const to = lead(url, server);
        if (!to) return original.call(root, request, options);
        return original.call(root, request && request.url ? new Request(to, request) : to, options);
      };
      led.sodam = true;
      root.fetch = led;
    }
    if (root.Worker && !root.Worker.prototype.sodam) {
      // lite-chat has a worker of its own open the socket, and names the address in a message.
      const { postMessage } = root.Worker.prototype;
      root.Worker.prototype.sodam = true;
      root.Worker.prototype.postMessage = function (message, ...rest) {
        const to = message && typeof message.url === 'string' ? lead(message.url, server) : null;
        return postMessage.call(this, to ? { ...message, url: to } : message, ...rest);
      };
    }
    if (root.navigator && root.navigator.sendBeacon && !root.navigator.sendBeacon.sodam) {
      const original = root.navigator.sendBeacon.bind(root.navigator);
      const led = (url, data) => (isReport(url) ? true : original(url, data));
      led.sodam = true;
      root.navigator.sendBeacon = led;
    }
  }

  root.sodamConnect = connect;
  const script = root.document && root.document.currentScript;
  if (script && script.src) connect(new URL('.', script.src).href);
})(typeof window === 'undefined' ? globalThis : window);
