/** A broken flow must not pass for ours: flows with one step changed, each of which the learner has to see. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 } from '../../src/crypto/suites/aes-gcm.ts';
import type { FrontFactory } from '../../src/engine/connection.ts';
import { clientFront } from '../../src/handshake/front-client.ts';
import { serverFront } from '../../src/handshake/front-server.ts';
import { frontFlow } from '../../src/handshake/front.ts';
import type { Flow, MessageStep, Step } from '../../src/handshake/flow.ts';
import type { Handshake } from '../../src/handshake/state.ts';
import { tls12Client, tls12Server } from '../../src/versions/tls12.ts';
import { learn } from './learn.ts';
import { type LearnedSubject, legacy, modern } from './subjects.ts';
import { waysToReconnect } from './verdict.ts';

type Change = (step: MessageStep<Handshake>) => readonly Step<Handshake>[];

/** The flow of the version with `change` applied to each of its messages. */
function mutant(change: Change): FrontFactory {
  const flow = (steps: Flow<Handshake>): Flow<Handshake> =>
    steps.flatMap((step): readonly Step<Handshake>[] => {
      switch (step.kind) {
        case 'msg':
          return change(step);
        case 'opt':
          return [{ ...step, body: flow(step.body) }];
        case 'alt':
          return [{ ...step, then: flow(step.then), else: flow(step.else) }];
        case 'goto':
          return [
            {
              ...step,
              pick(hs) {
                const binding = step.pick(hs);
                return { ...binding, flow: flow(binding.flow) };
              },
            },
          ];
        default:
          return [step];
      }
    });
  return (context) => ({ flow: flow(frontFlow(context.versions)), handlers: context.side === 'client' ? clientFront : serverFront });
}

const MAYBE = { label: 'broken', test: () => 'maybe' as const };
const NEVER = { label: 'broken', test: () => false };

function optional(name: string): FrontFactory {
  return mutant((step) => [step.name === name ? { ...step, expectIf: MAYBE } : step]);
}

const TLS12 = {
  version: { name: 'TLS 1.2', file: 'tls12', client: tls12Client, server: tls12Server },
  suite: TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
};
const server = (front: FrontFactory): LearnedSubject => legacy('server', { ...TLS12, features: 'broken' }, front);
const mutual = (front: FrontFactory): LearnedSubject =>
  legacy('server', { ...TLS12, features: 'broken', clientCertificate: 'require' }, front);

const MUTANTS: readonly (readonly [string, LearnedSubject, RegExp])[] = [
  [
    'a client takes CertificateRequest twice',
    legacy(
      'client',
      { ...TLS12, features: 'broken' },
      mutant((step) => (step.name === 'CertificateRequest' ? [step, { ...step, expectIf: MAYBE }] : [step])),
    ),
    /CertificateRequest CertificateRequest .*: connects, and no flow permits it/,
  ],
  [
    'a server does not look at CertificateVerify',
    mutual(mutant((step) => (step.name === 'CertificateVerify' ? [{ ...step, expectIf: NEVER }] : [step]))),
    /CertificateVerify ChangeCipherSpec Finished: (answered|permitted)/,
  ],
  [
    'a server does without CertificateVerify: the proof that is missing stops it, but as an error of its own',
    mutual(optional('CertificateVerify')),
    /internal_error/,
  ],
  [
    'a server takes ClientHello twice',
    server(mutant((step) => (step.name === 'ClientHello' ? [step, { ...step, expectIf: MAYBE }] : [step]))),
    /ClientHello ClientHello ClientKeyExchange .*: connects, and no flow permits it|internal_error|answered/,
  ],
  [
    'a client does without EncryptedExtensions',
    modern('client', { features: 'broken' }, optional('EncryptedExtensions')),
    /ServerHello Certificate CertificateVerify Finished: connects, and no flow permits it/,
  ],
  [
    'a client takes a certificate without CertificateVerify (S15): the proof that is missing stops it',
    modern('client', { features: 'broken' }, optional('ServerCertificateVerify')),
    /internal_error/,
  ],
  [
    'a server leaves the order of Certificate and CertificateVerify to the client',
    modern(
      'server',
      { features: 'broken', clientCertificate: 'require' },
      mutant((step) => (step.name === 'ClientFinished' ? [{ ...step, expectIf: MAYBE }, step] : [step])),
    ),
    /answered|permitted by the flow, and does not connect|connects, and no flow permits it/,
  ],
];

for (const [what, subject, complaint] of MUTANTS) {
  test(`learner: a broken flow is found: ${what}`, () => {
    const { problems } = learn(subject, { depth: 0, randomWords: 100, seed: 1 });
    assert.match(problems.join('\n'), complaint);
  });
}

test('S2: a flow that forgot ChangeCipherSpec would not take Finished without it: the record layer does not read on', () => {
  const { problems } = learn(server(optional('ClientChangeCipherSpec')), { depth: 0, randomWords: 100, seed: 1 });
  assert.deepEqual(problems, []);
});

test('learner: a server that renegotiates comes back to connected by the same messages, one that does not never leaves', () => {
  const effort = { depth: 0, randomWords: 100, seed: 1 };
  const way = 'ClientHello ClientKeyExchange ChangeCipherSpec Finished';
  const ways = (renegotiates: boolean): string[] => {
    const { machine, problems } = learn(legacy('server', { ...TLS12, features: 'again', renegotiates }), effort);
    assert.deepEqual(problems, []);
    return waysToReconnect(machine).map((word) => word.join(' '));
  };
  assert.deepEqual(ways(true), [way]);
  assert.deepEqual(ways(false), []);
});

test('learner: the same flow, taken apart and put together again, is ours', () => {
  const { problems } = learn(server(mutant((step) => [step])), { depth: 0, randomWords: 100, seed: 1 });
  assert.deepEqual(problems, []);
});
