/** No certificates: both sides know a key, and the name by which the server finds it. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import * as tls from '../src/node/tls/index.ts';

const keys = new Map([['sensor-7', randomBytes(32)]]);

const server = tls.createServer({ pskCallback: (_socket, identity) => keys.get(identity) ?? null }, (socket) => socket.end('measured'));
server.listen(0);
await once(server, 'listening');
const { port } = server.address() as AddressInfo;

const client = tls.connect({ port, host: 'localhost', pskCallback: () => ({ identity: 'sensor-7', psk: keys.get('sensor-7')! }) });
await once(client, 'secureConnect');
const protocol = client.getProtocol();
let text = '';
for await (const part of client) text += String(part);
console.log(`${protocol} ${client.authorized ? 'authenticated by key' : 'not authenticated'}: ${text}`);

// A key that the server does not know: the handshake fails.
const stranger = tls.connect({ port, host: 'localhost', pskCallback: () => ({ identity: 'sensor-8', psk: randomBytes(32) }) });
const [error] = (await once(stranger, 'error')) as [NodeJS.ErrnoException];
console.log(`a stranger: ${error.code}`);
if (text !== 'measured' || !client.authorized) process.exitCode = 1;
server.close();
