/** The proofs of flow-check for the flows that run, and a sight of each proof failing. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Flow, Guard, Handlers, Step } from '../../src/handshake/flow.ts';
import { checkFlow, flowGraph, GuardCoverage, inlineGoto, unusedHandlers } from '../../src/handshake/flow-check.ts';
import type { Handshake } from '../../src/handshake/state.ts';
import { FLOWS } from './flows.ts';
import { connect, fetchSession, streamFrontOf } from './scenario.ts';

test('every message has its handlers, says where the handshake is, and never need be waited for in vain', () => {
  for (const flow of FLOWS) assert.deepEqual(checkFlow(flow), []);
  assert.deepEqual(unusedHandlers(FLOWS), []);
});

for (const { name, front, version, scenarios } of FLOWS) {
  if (scenarios === undefined) continue;
  test(`${name}: every guard is true and false somewhere in the matrix`, () => {
    const coverage = new GuardCoverage<Handshake>();
    coverage.watch(version, name);
    coverage.watch(front, 'hellos');
    for (const scenario of scenarios()) {
      const session = fetchSession(scenario);
      const pair = connect(
        scenario,
        {
          front: (context) => ({ flow: coverage.watch(streamFrontOf(context).flow, 'hellos'), handlers: streamFrontOf(context).handlers }),
        },
        session,
      );
      pair.pump();
    }
    assert.ok(coverage.size > 5, `${coverage.size} guards`);
    assert.deepEqual(coverage.problems(), []);
  });
}

// --- the proofs fail where they should ---

type State = { readonly yes: boolean };
const sometimes: Guard<State> = { label: 'sometimes', test: ({ yes }) => yes };
const msg = (from: 'client' | 'server', type: number, name: string, optional = false): Step<State> => ({
  kind: 'msg',
  from,
  msg: type,
  name,
  ...(optional ? { sendIf: sometimes } : {}),
});
const both = (...names: string[]): Handlers<State> => Object.fromEntries(names.map((name) => [name, () => {}]));
const problemsOf = (flow: Flow<State>, handlers = both('A', 'B', 'C')) =>
  checkFlow({ name: 'flow', flow, client: handlers, server: handlers });

test('flow-check: a missing handler', () => {
  assert.deepEqual(problemsOf([msg('client', 1, 'A'), msg('server', 2, 'B')], both('A')), [
    'flow: the client has no handler for B',
    'flow: the server has no handler for B',
  ]);
  assert.deepEqual(unusedHandlers([{ name: 'flow', flow: [msg('client', 1, 'A')], client: both('A', 'B'), server: both('A') }]), ['B']);
});

test('flow-check: optional steps that one type of message could mean', () => {
  assert.deepEqual(problemsOf([msg('client', 1, 'A', true), msg('client', 2, 'B', true), msg('client', 1, 'C')]), [
    'flow: at the start: ClientHello may be A or C',
  ]);
  const block: Flow<State> = [
    { kind: 'opt', name: 'block', from: 'client', sendIf: sometimes, body: [msg('client', 1, 'A'), msg('client', 2, 'B')] },
    msg('client', 1, 'C'),
  ];
  assert.deepEqual(problemsOf(block), ['flow: at the start: ClientHello may be A or C']);
});

test('flow-check: an optional message at the end of a flight, or of the handshake', () => {
  assert.deepEqual(problemsOf([msg('client', 1, 'A'), msg('client', 2, 'B', true), msg('server', 3, 'C')]), [
    'flow: after A: one side may wait for what the other need not send (B, C)',
  ]);
  assert.deepEqual(problemsOf([msg('client', 1, 'A'), msg('server', 2, 'B', true)]), [
    'flow: after A: one side may wait for what the other need not send (B, the end)',
  ]);
});

test('flow-check: branches and blocks in the graph', () => {
  const flow: Flow<State> = [
    msg('client', 1, 'A'),
    { kind: 'alt', name: 'short', if: sometimes, then: [msg('server', 2, 'B')], else: [msg('server', 3, 'C'), msg('client', 4, 'D')] },
    { kind: 'goto', name: 'rest', pick: () => ({ flow: [], handlers: {} }) },
  ];
  assert.throws(() => flowGraph(flow), /inline/);
  const graph = flowGraph(inlineGoto(flow, [msg('client', 5, 'E')]));
  const next = Object.fromEntries(graph.nodes.map((node) => [node.id, [...node.next].map((each) => each?.id ?? 'end')]));
  assert.deepEqual(next, {
    A: ['short/B', 'no short/C'],
    'short/B': ['E'],
    'no short/C': ['no short/D'],
    'no short/D': ['E'],
    E: ['end'],
  });
});

test('flow-check: a guard that is never asked, and one that never changes', () => {
  const coverage = new GuardCoverage<State>();
  const flow = coverage.watch(
    [msg('client', 1, 'A', true), { kind: 'act', name: 'keys', by: 'both', if: sometimes, run: () => {} }],
    'flow',
  );
  const [step] = flow;
  if (step?.kind !== 'msg') assert.fail();
  step.sendIf?.test({ yes: true });
  assert.deepEqual(coverage.problems(), [
    'flow: A, sent if "sometimes" was always true',
    'flow: keys by both, if "sometimes" was never asked',
  ]);
  step.sendIf?.test({ yes: false });
  assert.deepEqual(coverage.problems(), ['flow: keys by both, if "sometimes" was never asked']);
  assert.equal(coverage.watch(flow, 'again').length, 2);
});
