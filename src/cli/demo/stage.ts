/** What the parts of the demonstration share: a certificate, a server, the checks and their count. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeCrypto } from '../../crypto/node/index.ts';
import { createServerContext } from '../../engine/context.ts';
import type { ServerContext } from '../../handshake/context.ts';
import { writePem } from '../../pki/asn1/pem.ts';
import { createCertificateVerifier } from '../../pki/x509/verifier.ts';
import { createMemoryStore } from '../../session/cache.ts';
import { createTicketKeys } from '../../session/ticket.ts';
import { protocolInit } from '../client-options.ts';
import type { HandshakeStep } from '../handshake-log.ts';
import type { Printer } from '../io.ts';
import { renderLadder } from '../ladder.ts';
import { PageServer } from '../page.ts';
import { type SelfSigned, selfSigned } from '../self-signed.ts';
import { type RunningServer, type ServedConnection, startServer } from '../server.ts';

export class Demo {
  readonly out: Printer;
  /** A folder of ours, gone at the end. */
  readonly folder: string;
  readonly certificate: SelfSigned;
  /** The certificate in a file, for those that are to trust it. */
  readonly caFile: string;
  readonly server: RunningServer;
  /** What the server saw, in order. */
  readonly served: ServedConnection[];
  readonly counts: { passed: number; failed: number; skipped: number } = { passed: 0, failed: 0, skipped: 0 };
  readonly skips: string[] = [];
  readonly #pages: PageServer;
  #part = 0;
  #explained = false;

  private constructor(
    out: Printer,
    folder: string,
    certificate: SelfSigned,
    caFile: string,
    server: RunningServer,
    served: ServedConnection[],
    pages: PageServer,
  ) {
    this.out = out;
    this.folder = folder;
    this.certificate = certificate;
    this.caFile = caFile;
    this.server = server;
    this.served = served;
    this.#pages = pages;
  }

  /** Makes the certificate and starts the server. */
  static async start(out: Printer): Promise<Demo> {
    const folder = mkdtempSync(join(tmpdir(), 'veritls-demo-'));
    try {
      const certificate = await selfSigned(['localhost', '127.0.0.1', '::1'], Date.now());
      const caFile = join(folder, 'certificate.pem');
      writeFileSync(caFile, certificate.chain.map((der) => writePem('CERTIFICATE', der)).join(''));
      const served: ServedConnection[] = [];
      const pages = new PageServer();
      const context = demoContext(certificate);
      const server = await startServer(
        {
          context: () => ({ context }),
          ready: (connection) => {
            served.push(connection);
            pages.serve(connection.stream, connection.info!);
          },
        },
        0,
        '127.0.0.1',
      );
      return new Demo(out, folder, certificate, caFile, server, served, pages);
    } catch (error) {
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
  }

  async stop(): Promise<void> {
    await this.server.close();
    this.#pages.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Begins a numbered part. */
  part(title: string): void {
    const { out } = this;
    out.line();
    out.line(out.paint.bold(out.paint.cyan(`${++this.#part}. ${title}`)));
  }

  say(text: string): void {
    this.out.line(text === '' ? '' : `   ${text}`);
  }

  /** Draws a handshake; the first drawing explains its signs. */
  ladder(steps: readonly HandshakeStep[], client: string, server: string): void {
    this.#lines(renderLadder(steps, { columns: this.out.columns - 3, paint: this.out.paint, client, server, legend: !this.#explained }));
    this.#explained = true;
  }

  #lines(lines: readonly string[]): void {
    this.out.line();
    for (const line of lines) this.out.line(line === '' ? '' : `   ${line}`);
  }

  /** Counts and prints something that was to be seen. `seen`: what was there instead, or as proof. */
  check(what: string, holds: boolean, seen?: string): void {
    const { paint } = this.out;
    this.counts[holds ? 'passed' : 'failed']++;
    const proof = seen === undefined ? '' : paint.dim(`  ${holds ? '' : 'but '}${seen}`);
    this.out.line(`   ${holds ? paint.green('✔') : paint.red('✖')} ${what}${proof}`);
  }

  skip(what: string, reason: string): void {
    this.counts.skipped++;
    this.skips.push(`${what}: ${reason}`);
    this.out.line(this.out.paint.yellow(`   - skipped: ${reason}`));
  }
}

export function demoContext(certificate: SelfSigned): ServerContext {
  return createServerContext({
    ...protocolInit({}, 'server', {}),
    verifier: createCertificateVerifier({ trustAnchors: [] }),
    credentials: [certificate],
    alpn: ['http/1.1'],
    tickets: createTicketKeys(nodeCrypto),
    sessions: createMemoryStore(() => performance.now()),
  });
}
