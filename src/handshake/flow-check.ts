/**
 * Proofs about flows, made from the flow itself: that both roles can handle each message, that a receiver always knows
 * from the next message where it is, and that nobody waits for a message that need not come. For tests and diagrams:
 * a connection never runs this.
 */
import { messageName } from '../wire/handshake.ts';
import type { Binding, Flow, Guard, Handlers, MessageStep, Side, Step } from './flow.ts';

/** A flow with the handlers of both roles. */
export interface CheckedFlow<H> {
  readonly name: string;
  readonly flow: Flow<H>;
  readonly client: Handlers<H>;
  readonly server: Handlers<H>;
}

/** The front with the flow of a version in the place of its `goto`: a handshake from its first message to its last. */
export function inlineGoto<H>(front: Flow<H>, version: Flow<H>): Flow<H> {
  return front.flatMap((step): readonly Step<H>[] => {
    switch (step.kind) {
      case 'goto':
        return version;
      case 'opt':
        return [{ ...step, body: inlineGoto(step.body, version) }];
      case 'alt':
        return [{ ...step, then: inlineGoto(step.then, version), else: inlineGoto(step.else, version) }];
      default:
        return [step];
    }
  });
}

/** A message at its place: the same one may stand in two branches. */
export interface FlowNode<H> {
  /** Unique: branches and the name of the step. */
  readonly id: string;
  readonly step: MessageStep<H>;
  /** What may come next; undefined: the handshake is over. */
  readonly next: Set<FlowNode<H> | undefined>;
}

export interface FlowGraph<H> {
  /** What a handshake may begin with. */
  readonly start: Set<FlowNode<H> | undefined>;
  readonly nodes: readonly FlowNode<H>[];
}

/** Which message may follow which, when every condition could be true or false. */
export function flowGraph<H>(flow: Flow<H>): FlowGraph<H> {
  const nodes: FlowNode<H>[] = [];
  const start = new Set<FlowNode<H> | undefined>();
  type Ends = Set<FlowNode<H> | undefined>[];

  /** Lays the steps behind `ends`, the sets that the first of them belongs into; gives the sets of what comes after them. */
  function lay(steps: Flow<H>, path: string, ends: Ends): Ends {
    for (const step of steps) {
      switch (step.kind) {
        case 'msg': {
          const node: FlowNode<H> = { id: path + step.name, step, next: new Set() };
          nodes.push(node);
          for (const end of ends) end.add(node);
          ends = isOptional(step) ? [...ends, node.next] : [node.next];
          break;
        }
        case 'opt':
          ends = [...ends, ...lay(step.body, `${path}${step.name}/`, ends)];
          break;
        case 'alt':
          ends = [...lay(step.then, `${path}${step.name}/`, ends), ...lay(step.else, `${path}no ${step.name}/`, ends)];
          break;
        case 'act':
          break;
        case 'goto':
          throw new RangeError(`${step.name}: inline the flow of a version first`);
      }
    }
    return ends;
  }

  for (const end of lay(flow, '', [start])) end.add(undefined);
  return { start, nodes };
}

/** What is wrong with a flow, in sentences; none: it holds what the file header says. */
export function checkFlow<H>({ name, flow, client, server }: CheckedFlow<H>): string[] {
  const problems: string[] = [];
  const graph = flowGraph(flow);
  for (const { step } of graph.nodes) {
    if (client[step.name] === undefined) problems.push(`${name}: the client has no handler for ${step.name}`);
    if (server[step.name] === undefined) problems.push(`${name}: the server has no handler for ${step.name}`);
  }
  checkSuccessors(`${name}: at the start`, graph.start, problems);
  for (const node of graph.nodes) checkSuccessors(`${name}: after ${node.id}`, node.next, problems);
  return problems;
}

/** Handlers that no step of the flows names: code that nothing reaches. */
export function unusedHandlers<H>(flows: readonly CheckedFlow<H>[]): string[] {
  const used = new Set<string>();
  for (const { flow } of flows) for (const { step } of flowGraph(flow).nodes) used.add(step.name);
  const unused = new Set<string>();
  for (const { client, server } of flows) {
    for (const handler of [...Object.keys(client), ...Object.keys(server)]) if (!used.has(handler)) unused.add(handler);
  }
  return [...unused];
}

/** Whether the receiver has to be ready for something else. */
export function isOptional<H>(step: MessageStep<H>): boolean {
  return step.sendIf !== undefined || step.expectIf !== undefined;
}

/** The type of the next message must say which step it belongs to, and whose turn it is must not depend on it. */
function checkSuccessors<H>(where: string, next: ReadonlySet<FlowNode<H> | undefined>, problems: string[]): void {
  const steps = [...next].map((node) => node?.step);
  const seen = new Map<string, string>();
  for (const step of steps) {
    if (step === undefined) continue;
    const key = `${step.from} ${step.msg}`;
    const other = seen.get(key);
    if (other !== undefined) problems.push(`${where}: ${messageName(step.msg)} may be ${other} or ${step.name}`);
    seen.set(key, step.name);
  }
  const sides = new Set<Side | undefined>(steps.map((step) => step?.from));
  if (sides.size > 1)
    problems.push(
      `${where}: one side may wait for what the other need not send (${steps.map((step) => step?.name ?? 'the end').join(', ')})`,
    );
}

/** Wraps the guards of flows and notes what each says while handshakes run. */
export class GuardCoverage<H> {
  readonly #seen = new Map<string, Set<boolean | 'maybe'>>();
  readonly #wrapped = new Map<Flow<H>, Flow<H>>();

  /** The same flow, watched. A `goto` leads to a watched flow too. `name` distinguishes the flow from others. */
  watch(flow: Flow<H>, name: string): Flow<H> {
    const done = this.#wrapped.get(flow);
    if (done !== undefined) return done;
    const wrapped = this.#wrapFlow(flow, `${name}: `);
    this.#wrapped.set(flow, wrapped);
    return wrapped;
  }

  /** Guards that never said both yes and no. */
  problems(): string[] {
    const list: string[] = [];
    for (const [guard, values] of this.#seen) {
      if (values.size < 2) list.push(`${guard} was ${values.size === 0 ? 'never asked' : `always ${String([...values][0])}`}`);
    }
    return list;
  }

  get size(): number {
    return this.#seen.size;
  }

  #wrapFlow(flow: Flow<H>, path: string): Flow<H> {
    return flow.map((step) => this.#wrapStep(step, path));
  }

  #wrapStep(step: Step<H>, path: string): Step<H> {
    const at = path + step.name;
    switch (step.kind) {
      case 'msg':
        return {
          ...step,
          ...(step.sendIf === undefined ? {} : { sendIf: this.#wrapGuard(step.sendIf, `${at}, sent if`) }),
          ...(step.expectIf === undefined ? {} : { expectIf: this.#wrapGuard(step.expectIf, `${at}, expected if`) }),
        };
      case 'opt':
        return { ...step, sendIf: this.#wrapGuard(step.sendIf, `${at}, sent if`), body: this.#wrapFlow(step.body, `${at}/`) };
      case 'alt':
        return {
          ...step,
          if: this.#wrapGuard(step.if, `${at}, if`),
          then: this.#wrapFlow(step.then, `${at}/`),
          else: this.#wrapFlow(step.else, `${path}no ${step.name}/`),
        };
      case 'act':
        return step.if === undefined ? step : { ...step, if: this.#wrapGuard(step.if, `${at} by ${step.by}, if`) };
      case 'goto':
        return {
          ...step,
          pick: (hs): Binding<H> => {
            const binding = step.pick(hs);
            return { flow: this.watch(binding.flow, step.name), handlers: binding.handlers };
          },
        };
    }
  }

  #wrapGuard<R extends boolean | 'maybe'>(guard: Guard<H, R>, at: string): Guard<H, R> {
    const key = `${at} "${guard.label}"`;
    const values = this.#seen.get(key) ?? new Set();
    this.#seen.set(key, values);
    return {
      label: guard.label,
      test(hs) {
        const value = guard.test(hs);
        values.add(value);
        return value;
      },
    };
  }
}
