/** An HTTPS server for HTTP/2 and HTTP/1.1 on one port. Asks itself once in each, and ends. */
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import * as http2 from 'veritls/http2';
import * as https from 'veritls/https';
import { ca, certificateFor } from './support/certificates.ts';

const server = http2.createSecureServer({ ...(await certificateFor('localhost')), allowHTTP1: true }, (request, response) => {
  response.end(`You asked for ${request.url} by HTTP/${request.httpVersion}.\n`);
});
server.listen(0);
await once(server, 'listening');
const { port } = server.address() as AddressInfo;

const [response] = (await once(https.get(`https://localhost:${port}/old`, { ca, agent: false }), 'response')) as [IncomingMessage];
const old = await text(response);

const session = http2.connect(`https://localhost:${port}`, { ca });
const modern = await text(session.request({ ':path': '/new' }));
session.close();

process.stdout.write(old + modern);
if (!old.includes('HTTP/1.1') || !modern.includes('HTTP/2.0')) process.exitCode = 1;
server.close();
