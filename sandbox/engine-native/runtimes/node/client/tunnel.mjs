/** Connections through a proxy: agents for http and https, and what is behind fetch. */
import http from 'node:http';
import https from 'node:https';
import tls from 'node:tls';

/** Where undici, which is behind fetch, keeps what connects. */
const DISPATCHER = Symbol.for('undici.globalDispatcher.1');
/** The cloud, and what else listens within the walls. */
const BESIDE = ['127.0.0.1', 'localhost', '::1', '[::1]'];

/** Leads connections of http, https and fetch through that proxy from now on. */
export function lead(proxy) {
  http.globalAgent = led(http.Agent, proxy, (socket) => socket);
  https.globalAgent = led(https.Agent, proxy, (socket, options) => tls.connect(secured(options, socket)));
  leadFetch(proxy);
}

/** An agent as the global one is, whose connections to other machines are tunnels. */
function led(Agent, proxy, dress) {
  class Led extends Agent {
    createConnection(options, done) {
      if (BESIDE.includes(options.host)) return super.createConnection(options, done);
      tunnel(proxy, options.host, options.port, (error, socket) => (error ? done(error) : done(null, dress(socket, options))));
      return undefined;
    }
  }
  // AWS: Node.js' own since its version 19.
  return new Led({ keepAlive: true, scheduling: 'lifo', timeout: 5000 });
}

/** Has fetch connect through tunnels. Its library is inside Node.js and gives its agent away by what it set. */
function leadFetch(proxy) {
  new Headers();
  const Agent = globalThis[DISPATCHER]?.constructor;
  if (!Agent) return;
  const connect = (options, done) => {
    const { hostname, protocol } = options;
    const port = options.port || (protocol === 'https:' ? 443 : 80);
    const ready = (socket) => {
      if (protocol !== 'https:') return done(null, socket);
      const dressed = tls.connect({ ...secured({ ...options, host: hostname }, socket), ALPNProtocols: ['http/1.1'] });
      return dressed.once('secureConnect', () => done(null, dressed)).once('error', done);
    };
    if (BESIDE.includes(hostname)) {
      const direct = http.Agent.prototype.createConnection({ host: hostname.replace(/^\[|\]$/g, ''), port });
      direct.once('connect', () => ready(direct)).once('error', done);
      return;
    }
    tunnel(proxy, hostname, port, (error, socket) => (error ? done(error) : ready(socket)));
  };
  globalThis[DISPATCHER] = new Agent({ connect });
}

function secured(options, socket) {
  const name = options.servername || options.host;
  // An address is no name that a server could be asked for.
  const servername = /^[\d.]+$|:/.test(name) ? '' : name;
  return { ...options, socket, servername };
}

/** Asks the proxy for a connection. What it says where it gives none is the error's message. */
function tunnel(proxy, host, port, done) {
  const bare = host.replace(/^\[|\]$/g, '');
  const path = `${bare.includes(':') ? `[${bare}]` : bare}:${port}`;
  const request = http.request({ host: proxy.hostname, port: proxy.port, method: 'CONNECT', path, agent: false, headers: { host: path } });
  request.once('error', done);
  request.once('connect', (answer, socket, head) => {
    if (answer.statusCode === 200) {
      if (head.length > 0) socket.unshift(head);
      done(null, socket);
      return;
    }
    const pieces = [head];
    socket.on('data', (piece) => pieces.push(piece));
    socket.once('error', () => {});
    socket.once('close', () => {
      const text = Buffer.concat(pieces).toString().trim();
      done(Object.assign(new Error(text || `the proxy answers ${answer.statusCode}`), { code: 'EACCES', host, port }));
    });
    socket.end();
  });
  request.end();
}
