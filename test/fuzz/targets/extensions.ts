/** Every extension codec at both ends, as the block functions of the handshake call it. */
import { TlsError } from '../../../src/base/errors.ts';
import { Writer } from '../../../src/base/writer.ts';
import { Reader } from '../../../src/base/reader.ts';
import { certificateAuthorities } from '../../../src/handshake/extensions/certificate-authorities.ts';
import { readAnswers, readOffers, writeAnswers, writeOffers } from '../../../src/handshake/extensions/blocks.ts';
import type { ExtensionModule } from '../../../src/handshake/extensions/module.ts';
import { createLegacyState } from '../../../src/handshake/legacy/state.ts';
import { Handshake } from '../../../src/handshake/state.ts';
import { StreamCarrier } from '../../../src/record/stream/carrier.ts';
import * as e from '../../../src/wire/extension.ts';
import { readExtensions } from '../../../src/wire/extensions.ts';
import { fuzzedContexts, type FuzzedContexts, type FuzzedVersion } from '../contexts.ts';
import { Script } from '../input.ts';
import { recordedExtensions } from '../recorded.ts';
import { check, type FuzzTarget, refusing, SMALL } from '../target.ts';

const MESSAGES: readonly number[] = [
  e.IN_CLIENT_HELLO,
  e.IN_LEGACY_SERVER_HELLO,
  e.IN_SERVER_HELLO,
  e.IN_HELLO_RETRY_REQUEST,
  e.IN_ENCRYPTED_EXTENSIONS,
  e.IN_CERTIFICATE_REQUEST,
  e.IN_CERTIFICATE,
];
const VERSIONS: readonly FuzzedVersion[] = ['tls12', 'tls13', 'dtls12'];
const made = new Map<FuzzedVersion, FuzzedContexts>();
const sink = { data() {}, alert() {}, other() {} };
const host = { session() {}, ocspResponse() {}, untrusted() {}, warn() {} };

export const extensions: FuzzTarget = {
  ...SMALL,
  file: 'extensions.ts',
  name: 'extensions',
  holds: 'an offer or an answer is taken or refused; what a server answers to it is a block that reads',
  maxLength: 1_024,
  run(input) {
    const script = new Script(input);
    const version = script.pick(VERSIONS);
    const where = script.pick(MESSAGES);
    const list = [{ type: script.u16(), body: script.string() }];
    if (!script.done) list.push({ type: script.u16(), body: script.rest() });
    if (where === e.IN_CLIENT_HELLO) offered(version, list);
    else answered(version, where, list);
  },
  seeds: () =>
    recordedExtensions()
      .filter(({ body }) => body.length < 255)
      .flatMap(({ type, body }) =>
        VERSIONS.flatMap((_, version) =>
          MESSAGES.map((__, where) => Uint8Array.of(version, where, type >>> 8, type & 0xff, body.length, ...body)),
        ),
      ),
};

interface Entry {
  readonly type: number;
  readonly body: Uint8Array;
}

function offered(version: FuzzedVersion, list: readonly Entry[]): void {
  const { hs, modules } = handshake(version, 'server');
  if (!refusing(() => readOffers(hs, list, modules))) return;
  for (const where of MESSAGES.slice(1)) {
    const w = new Writer();
    const at = w.open(2);
    // What an answer says depends on decisions that come between; one that cannot be made yet refuses itself.
    for (const module of modules) {
      const start = w.length;
      try {
        writeAnswers(hs, w, [module], where);
      } catch (error) {
        if (!(error instanceof TlsError)) throw error;
        w.length = start;
      }
    }
    w.close(2, at);
    for (const { type } of readExtensions(new Reader(w.view())))
      check(list.some((each) => each.type === type) || type === e.RENEGOTIATION_INFO || type === e.KEY_SHARE, `answered unasked: ${type}`);
  }
}

function answered(version: FuzzedVersion, where: number, list: readonly Entry[]): void {
  const { hs, modules } = handshake(version, 'client');
  const { strategy } = hs.version;
  if ((where === e.IN_LEGACY_SERVER_HELLO) !== (strategy !== undefined)) return;
  writeOffers(hs, new Writer(), modules);
  const suite = hs.context.suites[0]!;
  if (strategy !== undefined && suite.family === 'legacy') hs.legacy = createLegacyState(strategy, suite);
  refusing(() => readAnswers(hs, list, modules, where));
}

function handshake(version: FuzzedVersion, side: 'client' | 'server'): { hs: Handshake; modules: readonly ExtensionModule[] } {
  let contexts = made.get(version);
  if (contexts === undefined) made.set(version, (contexts = fuzzedContexts(version, false)));
  const context = contexts[side];
  const hs = new Handshake(context, { serverName: 'localhost' }, new StreamCarrier(sink), host);
  const role = context.versions[0]![side];
  hs.version = context.versions[0]!;
  return { hs, modules: [...context.extensions, ...(role?.extensions ?? []), certificateAuthorities] };
}
