import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HandshakeLog } from './handshake-log.ts';
import { renderLadder } from './ladder.ts';
import { ansi, width } from './text.ts';

/** A log with a clock that goes on 1.5 ms at each look. */
function log(): HandshakeLog {
  let now = 100;
  return new HandshakeLog(() => (now += 1.5) - 1.5);
}

function tls13(): HandshakeLog {
  const made = log();
  made.trace({ from: 'client', kind: 'message', name: 'ClientHello', length: 517 });
  made.trace({ from: 'server', kind: 'message', name: 'ServerHello', length: 122 });
  made.trace({ from: 'client', kind: 'action', name: 'handshake keys', length: 0 });
  made.trace({ from: 'server', kind: 'message', name: 'EncryptedExtensions', length: 10 });
  made.trace({ from: 'server', kind: 'message', name: 'ServerFinished', length: 36 });
  made.trace({ from: 'client', kind: 'action', name: 'application secrets', length: 0 });
  made.trace({ from: 'client', kind: 'action', name: 'dummy change_cipher_spec', length: 0 });
  made.trace({ from: 'client', kind: 'message', name: 'ClientFinished', length: 36 });
  made.trace({ from: 'client', kind: 'action', name: 'application keys', length: 0 });
  return made;
}

test('the whole drawing', () => {
  const lines = renderLadder(tls13().steps, { columns: 60 });
  assert.match(lines[0]!, /^ {9}client +server$/);
  assert.match(lines[2]!, /^ {5}1\.5 │─── ClientHello {2}517 B ─+▶│$/);
  assert.match(lines[3]!, /^ {5}3\.0 │◀─+ ServerHello {2}122 B ───│$/);
  assert.match(lines[4]!, /^ {9}│ ◆ handshake keys +│$/);
  assert.match(lines[5]!, /│◀═+ EncryptedExtensions {2}10 B ═══│$/);
  assert.match(lines[6]!, /│◀═+ Finished {2}36 B ═══│$/);
  assert.match(lines[7]!, /│ ◆ application secrets +│$/);
  assert.match(lines[8]!, /│─── ChangeCipherSpec \(for middleboxes\) ─+▶│$/);
  assert.match(lines[9]!, /│═══ Finished {2}36 B ═+▶│$/);
  assert.match(lines.at(-1)!, /in the clear {3}═ encrypted {3}◆ in the client$/);
});

test('all rungs are of one width, with and without colours', () => {
  for (const columns of [40, 60, 80, 200]) {
    for (const paint of [undefined, ansi]) {
      const lines = renderLadder(tls13().steps, paint === undefined ? { columns } : { columns, paint });
      const widths = new Set(lines.slice(1, -2).map(width));
      assert.equal(widths.size, 1, `${columns} columns: ${[...widths].join(' ')}`);
    }
  }
});

test('TLS 1.2: a side is encrypted from its own keys on, ChangeCipherSpec never', () => {
  const made = log();
  made.trace({ from: 'client', kind: 'message', name: 'ClientChangeCipherSpec', length: 0 });
  made.trace({ from: 'client', kind: 'action', name: 'client keys', length: 0 });
  made.trace({ from: 'client', kind: 'message', name: 'ClientFinished', length: 16 });
  made.trace({ from: 'server', kind: 'message', name: 'NewSessionTicket', length: 186 });
  made.trace({ from: 'server', kind: 'message', name: 'ServerChangeCipherSpec', length: 0 });
  made.trace({ from: 'client', kind: 'action', name: 'server keys', length: 0 });
  made.trace({ from: 'server', kind: 'message', name: 'ServerFinished', length: 16 });
  made.trace({ from: 'client', kind: 'action', name: 'forget messages', length: 0 });
  assert.deepEqual(
    made.steps.filter((step) => step.kind === 'message').map((step) => [step.from, step.name, step.protected]),
    [
      ['client', 'ChangeCipherSpec', false],
      ['client', 'Finished', true],
      ['server', 'NewSessionTicket', false],
      ['server', 'ChangeCipherSpec', false],
      ['server', 'Finished', true],
    ],
  );
  assert.equal(made.steps.filter((step) => step.kind === 'note').length, 2);
});

test('a server writes its notes on its own side; alerts are drawn', () => {
  const made = log();
  made.trace({ from: 'server', kind: 'action', name: 'handshake keys', length: 0 });
  made.alert('client', 48);
  const lines = renderLadder(made.steps);
  assert.match(lines[2]!, /│ +◆ handshake keys │$/);
  assert.match(lines[3]!, /│═══ Alert: unknown_ca ═+▶│$/);
  assert.match(lines.at(-1)!, /◆ in the server$/);
});

test('notes share a line while there is room', () => {
  const made = log();
  for (const name of ['one', 'two', 'three']) made.trace({ from: 'client', kind: 'action', name, length: 0 });
  assert.match(renderLadder(made.steps)[2]!, /◆ one, two, three/);
});
