/**
 * A peer on node:tls, run by whichever version of Node is asked: commands on standard input, one JSON object a line, answers
 * on standard output.
 */
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import tls from 'node:tls';

const say = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);
const load = (options) => {
  const loaded = { ...options };
  for (const name of ['cert', 'key', 'ca', 'dhparam']) if (typeof options[name] === 'string') loaded[name] = readFileSync(options[name]);
  if (Array.isArray(options.pairs)) {
    loaded.cert = options.pairs.map(({ cert }) => readFileSync(cert));
    loaded.key = options.pairs.map(({ key }) => readFileSync(key));
  }
  if (options.psk !== undefined) {
    const key = Buffer.from(options.psk.key, 'hex');
    loaded.pskCallback = options.psk.client ? () => ({ psk: key, identity: options.psk.identity }) : () => key;
  }
  return loaded;
};
const told = (socket) => ({
  protocol: socket.getProtocol(),
  cipher: socket.getCipher()?.standardName,
  alpn: socket.alpnProtocol,
  reused: socket.isSessionReused(),
  authorized: socket.authorized,
  peer: socket.getPeerCertificate()?.subject?.CN,
});

const servers = new Map();
const sessions = new Map();

const commands = {
  version: ({ id }) => say({ id, version: process.versions.node, openssl: process.versions.openssl, ciphers: tls.getCiphers() }),
  serve({ id, options }) {
    const server = tls.createServer(load(options), (socket) => {
      // The first line answers what this side has agreed on; every line comes back.
      socket.on('error', () => {});
      const lines = createInterface({ input: socket });
      lines.on('line', (line) => {
        if (line === 'key update') socket.renegotiate?.({}, () => {});
        socket.write(line === 'told' ? `${JSON.stringify(told(socket))}\n` : `${[...line].reverse().join('')}\n`);
      });
    });
    server.on('tlsClientError', () => {});
    servers.set(id, server);
    server.listen(0, '127.0.0.1', () => say({ id, port: server.address().port }));
  },
  stop({ id, server }) {
    servers.get(server)?.close();
    servers.delete(server);
    say({ id });
  },
  connect({ id, port, options, session, keep, lines }) {
    const socket = tls.connect({
      port,
      host: '127.0.0.1',
      servername: 'localhost',
      ...load(options),
      session: session === undefined ? undefined : sessions.get(session),
    });
    let kept = false;
    socket.on('session', (data) => {
      if (keep !== undefined) sessions.set(keep, data);
      kept = true;
    });
    const answers = [];
    let done = false;
    const finish = (error) => {
      if (done) return;
      done = true;
      say({ id, error: error?.message, told: error === undefined ? told(socket) : undefined, answers, kept });
      socket.destroy();
    };
    socket.on('error', finish);
    socket.on('close', () => finish(new Error('closed')));
    socket.setTimeout(8_000, () => finish(new Error('timeout')));
    socket.on('secureConnect', () => {
      const left = [...(lines ?? [])];
      const next = () => {
        const line = left.shift();
        if (line !== undefined) socket.write(`${line}\n`);
        else if (keep === undefined || kept) finish();
        else socket.once('session', () => finish());
      };
      createInterface({ input: socket }).on('line', (line) => {
        answers.push(line);
        next();
      });
      next();
    });
  },
};

createInterface({ input: process.stdin })
  .on('line', (line) => {
    const command = JSON.parse(line);
    try {
      commands[command.do](command);
    } catch (error) {
      say({ id: command.id, error: error.message });
    }
  })
  .on('close', () => process.exit(0));
