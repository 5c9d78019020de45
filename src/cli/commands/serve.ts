/** `veritls serve`: a server that shows the handshake of every connection. */
import { writeFileSync } from 'node:fs';
import { createServerContext } from '../../engine/context.ts';
import { nodeCrypto } from '../../crypto/node/index.ts';
import { utf8, equal, toHex } from '../../base/bytes.ts';
import type { ServerContext } from '../../handshake/context.ts';
import { writePem } from '../../pki/asn1/pem.ts';
import { createCertificateVerifier } from '../../pki/x509/verifier.ts';
import { createMemoryStore } from '../../session/cache.ts';
import { createTicketKeys } from '../../session/ticket.ts';
import { certificateSummary } from '../certificate-view.ts';
import { SCHEMES } from '../catalogue.ts';
import { PROTOCOL_OPTIONS, protocolInit, pskOf, withSchemes } from '../client-options.ts';
import { type Command, EXIT_OK } from '../command.ts';
import { asTls, DTLS_OPTIONS, overDatagrams, tuningOf } from '../dtls.ts';
import { type ServedAssociation, startDatagramServer } from '../dtls-server.ts';
import { errorLine, reportOf } from '../errors.ts';
import { readTrust, type Trust } from '../files.ts';
import { type Io, type Printer, printer } from '../io.ts';
import { renderLadder } from '../ladder.ts';
import { integerOption, type OptionSpecs, parseOptions, UsageError } from '../options.ts';
import { PageServer } from '../page.ts';
import { negotiatedPairs, viewNegotiated, viewSteps } from '../report.ts';
import { selfSigned, withLoopback } from '../self-signed.ts';
import { type ServedConnection, startServer } from '../server.ts';
import { renderPairs } from '../table.ts';
import { clean, duration } from '../text.ts';
import { explainTrust, TrustWitness, viewChain, viewTrust } from '../trust.ts';

const OPTIONS = {
  port: { type: 'string', short: 'p', value: 'PORT', help: '4433 by default; 0 for any that is free' },
  host: { type: 'string', value: 'ADDRESS', help: 'where to listen: 127.0.0.1 by default, :: for everywhere' },
  ...PROTOCOL_OPTIONS,
  ...DTLS_OPTIONS,
  'self-signed': { type: 'string', value: 'NAME', help: 'make a certificate for NAME; localhost when no other is given' },
  'cert-out': { type: 'string', value: 'FILE', help: 'write the certificate there, so that clients can trust it' },
  'client-ca': { type: 'string', value: 'FILE', multiple: true, help: 'demand a certificate of clients, from these authorities' },
  'optional-client-cert': { type: 'boolean', help: 'with --client-ca: clients without a certificate may go on' },
  echo: { type: 'boolean', help: 'send back what comes: the default' },
  http: { type: 'boolean', help: 'answer HTTP/1.1 with a page about the connection' },
  'no-tickets': { type: 'boolean', help: 'no resumption by tickets' },
  count: { type: 'string', value: 'N', help: 'stop after N connections' },
  json: { type: 'boolean', help: 'a line of JSON for each connection' },
} as const satisfies OptionSpecs;

const DEFAULT_PORT = 4433;

export const serve: Command = {
  name: 'serve',
  summary: 'a server, echo or HTTP, that shows every handshake',
  usage: ['[options]'],
  about: [
    'Listens on loopback unless --host says otherwise. Without --cert it makes a certificate for localhost, which clients trust only when told to: see --cert-out.',
  ],
  options: OPTIONS,
  examples: [
    ['veritls serve --http --cert-out ca.pem', 'then: curl --cacert ca.pem https://localhost:4433/'],
    ['veritls serve --psk 00112233 --psk-identity me', 'a pre-shared key'],
    ['veritls serve --dtls -p 5684', 'over UDP'],
  ],

  async run(args, io) {
    const { values: given } = parseOptions(OPTIONS, args, { min: 0, max: 0 });
    const dtls = given.dtls === true;
    if (dtls && given.http === true) throw new UsageError('--http and --dtls exclude each other');
    const values = dtls ? asTls(given) : given;
    const port = integerOption('port', values.port, 0, 65_535) ?? DEFAULT_PORT;
    const count = integerOption('count', values.count, 1, 1_000_000_000) ?? Number.POSITIVE_INFINITY;
    if (values.echo === true && values.http === true) throw new UsageError('--echo and --http exclude each other');
    if (values.cert !== undefined && values['self-signed'] !== undefined)
      throw new UsageError('--cert and --self-signed exclude each other');
    const init = protocolInit(values, 'server', io.env);
    const psk = pskOf(values);
    const ownName = values['self-signed'] ?? (values.cert === undefined && psk === undefined ? 'localhost' : undefined);
    const credentials =
      ownName === undefined ? init.credentials! : [withSchemes(await selfSigned(withLoopback(ownName), Date.now()), SCHEMES)];
    if (values['cert-out'] !== undefined) {
      if (credentials[0] === undefined) throw new UsageError('--cert-out without a certificate');
      writeFileSync(values['cert-out'], credentials[0].chain.map((der) => writePem('CERTIFICATE', der)).join(''));
    }
    const trust = values['client-ca'] === undefined ? undefined : readTrust(values['client-ca']);
    const tickets = values['no-tickets'] === true ? undefined : createTicketKeys(nodeCrypto);
    const sessions = createMemoryStore(() => performance.now());
    const policy = trust === undefined ? 'none' : values['optional-client-cert'] === true ? 'request' : 'require';

    const context = (): { context: ServerContext; witness: TrustWitness } => {
      const witness = new TrustWitness(createCertificateVerifier({ trustAnchors: trust?.store ?? [] }));
      return {
        witness,
        context: createServerContext({
          ...init,
          credentials,
          verifier: witness,
          clientCertificate: policy,
          clientAuthorities: trust?.store.anchors.map((anchor) => anchor.subject.der) ?? [],
          sessions,
          ...(tickets === undefined ? {} : { tickets }),
          ...(psk === undefined ? {} : { findPsk: (identity: Uint8Array) => (equal(identity, psk.identity) ? psk : undefined) }),
          contextId: utf8(
            `${policy} ${trust === undefined ? '' : trust.store.anchors.map((anchor) => toHex(anchor.fingerprint(nodeCrypto))).join(' ')}`,
          ).slice(0, 255),
        }),
      };
    };
    // What is wrong with the options shows before anybody connects.
    context();

    const out = printer(io.stdout, io.env);
    const json = values.json === true;
    const pages = values.http === true ? new PageServer() : undefined;
    let stop: () => void = () => undefined;
    const stopped = new Promise<void>((resolve) => {
      stop = resolve;
    });
    let left = count;
    const done = (): void => {
      left--;
      if (left <= 0) stop();
    };
    const host = values.host ?? '127.0.0.1';
    const overUdp = (): ReturnType<typeof startDatagramServer> =>
      startDatagramServer(
        {
          context: () => {
            const made = context();
            return { ...made, context: overDatagrams(made.context) };
          },
          ...tuningOf(values),
          shown: (association) => show(out, io, association, trust, json),
          closed: done,
        },
        port,
        host,
      );
    const overTcp = (): ReturnType<typeof startServer> =>
      startServer(
        {
          context,
          ready: (connection) => {
            show(out, io, connection, trust, json);
            connection.stream.once('close', done);
            if (pages === undefined) connection.stream.pipe(connection.stream);
            else pages.serve(connection.stream, connection.info!);
          },
          failed: (connection) => {
            if (connection.info === undefined) {
              show(out, io, connection, trust, json);
              done();
            } else if (connection.error?.origin !== 'transport' && !json)
              out.line(out.paint.red(`✖ ${connection.number}: ${errorLine(connection.error)}`));
          },
        },
        port,
        host,
      );
    const server = await (dtls ? overUdp() : overTcp());
    if (json) io.stdout.write(`${JSON.stringify({ listening: { address: server.address, port: server.port } })}\n`);
    else {
      out.line(
        `Listening on ${server.address} port ${server.port}, ${pages === undefined ? 'echoing' : 'HTTP'}${dtls ? ' over UDP' : ''}; Ctrl-C ends it.`,
      );
      for (const view of credentials[0] === undefined ? [] : viewChain(credentials[0].chain.slice(0, 1))) {
        for (const line of certificateSummary(view, Date.now(), out.paint)) out.line(`  ${line}`);
      }
      out.line();
    }
    const signals = ['SIGINT', 'SIGTERM'] as const;
    for (const signal of signals) process.once(signal, stop);
    await stopped;
    for (const signal of signals) process.off(signal, stop);
    await server.close();
    pages?.close();
    return EXIT_OK;
  },
};

function show(out: Printer, io: Io, connection: ServedConnection | ServedAssociation, trust: Trust | undefined, json: boolean): void {
  const { info, witness, log, error } = connection;
  const anchors = trust?.source ?? 'nothing';
  if (json) {
    const line = {
      connection: connection.number,
      peer: connection.peer,
      ok: info !== undefined,
      negotiated: info === undefined ? null : viewNegotiated(info),
      client:
        witness === undefined ? null : { chain: viewChain(info?.peerChain ?? witness.chain), trust: viewTrust(witness, info, anchors) },
      handshakeMs: connection.handshakeMs ?? null,
      handshake: viewSteps(log.steps),
      error: error === undefined ? null : reportOf(error),
    };
    io.stdout.write(`${JSON.stringify(line)}\n`);
    return;
  }
  const { paint } = out;
  const verdict =
    info === undefined
      ? paint.red(`✖ ${errorLine(error)}`)
      : `${paint.green('✔')} ${paint.bold(info.version)} in ${duration(connection.handshakeMs ?? 0)}`;
  out.line(`${paint.bold(`Connection ${connection.number}`)} from ${clean(connection.peer)}  ${verdict}`);
  if (info !== undefined) for (const line of renderPairs(negotiatedPairs(info, paint), paint)) out.line(line);
  if (trust !== undefined && witness !== undefined) {
    const { verdict: judged, why } = explainTrust(witness, info, anchors);
    out.line(`  client: ${judged}`);
    for (const reason of why) out.line(`    ${reason}`);
  }
  if (log.steps.length > 0)
    for (const line of renderLadder(log.steps, { columns: out.columns, paint, server: 'server (veritls)' })) out.line(line);
  out.line();
}
