/** Machines as pictures: Mermaid for the pages, DOT for tools. What leads to the end in the same way is one arrow. */
import type { Mealy } from './mealy.ts';
import { rolesOf } from './verdict.ts';

interface Arrow {
  readonly from: number;
  readonly to: number;
  readonly label: string;
}

/** `stateDiagram-v2` of a machine. */
export function mermaid(machine: Mealy, roles: StateRoles = rolesOf(machine)): string[] {
  const names = namesOf(machine, roles);
  const lines = ['stateDiagram-v2', '  direction TB'];
  names.forEach((name, state) => {
    if (!isEnd(roles, state)) lines.push(`  state "${name}" as s${state}`);
  });
  const id = (state: number): string => (isEnd(roles, state) ? '[*]' : `s${state}`);
  lines.push('  [*] --> s0');
  for (const { from, to, label } of arrows(machine, roles)) lines.push(`  ${id(from)} --> ${id(to)}: ${label}`);
  return lines;
}

/** The same for Graphviz, with every message by its name. */
export function dot(title: string, machine: Mealy, roles: StateRoles = rolesOf(machine)): string[] {
  const names = namesOf(machine, roles);
  const lines = [`digraph ${JSON.stringify(title)} {`, '  rankdir=TB;', '  node [shape=box, style=rounded];'];
  names.forEach((name, state) =>
    lines.push(`  s${state} [label=${JSON.stringify(name)}${roles.connected.has(state) ? ', peripheries=2' : ''}];`),
  );
  machine.next.forEach((row, from) => {
    if (isEnd(roles, from)) return;
    const groups = new Map<string, string[]>();
    row.forEach((to, a) => {
      const key = `${to} ${machine.output[from]![a]!}`;
      groups.set(key, [...(groups.get(key) ?? []), machine.alphabet[a]!]);
    });
    for (const [key, symbols] of groups) {
      const at = key.indexOf(' ');
      lines.push(`  s${from} -> s${key.slice(0, at)} [label=${JSON.stringify(`${symbols.join(', ')} / ${key.slice(at + 1)}`)}];`);
    }
  });
  lines.push('}');
  return lines;
}

/** As much of `Roles` as is drawn. */
export interface StateRoles {
  readonly connected: ReadonlySet<number>;
  readonly closed: ReadonlySet<number>;
  readonly stuck: ReadonlySet<number>;
}

function isEnd(roles: StateRoles, state: number): boolean {
  return roles.closed.has(state);
}

/** Named after the message that leads there; unique. */
export function namesOf(machine: Mealy, roles: StateRoles): string[] {
  const names: string[] = [];
  machine.access.forEach((word, state) => {
    const last = word.at(-1);
    const base = roles.closed.has(state)
      ? 'closed'
      : roles.connected.has(state)
        ? 'connected'
        : roles.stuck.has(state)
          ? 'nothing leads on'
          : last === undefined
            ? 'start'
            : `after ${last}`;
    const isNew = !names.includes(base);
    const behind = last === undefined || roles.closed.has(state) ? '' : ` (${last})`;
    const second = names.includes(base + behind) ? `${base} ${state}` : base + behind;
    names.push(isNew ? base : second);
  });
  return names;
}

/** Arrows with what they have in common put together, and the commonest way to the end as "any other". */
function arrows(machine: Mealy, roles: StateRoles): Arrow[] {
  const list: Arrow[] = [];
  machine.next.forEach((row, from) => {
    if (isEnd(roles, from)) return;
    const groups = new Map<string, { to: number; output: string; symbols: string[] }>();
    row.forEach((to, a) => {
      const output = machine.output[from]![a]!;
      const key = `${to} ${output}`;
      const group = groups.get(key) ?? { to, output, symbols: [] };
      group.symbols.push(machine.alphabet[a]!);
      groups.set(key, group);
    });
    const sorted = [...groups.values()].sort((a, b) => b.symbols.length - a.symbols.length);
    const rest = sorted.find(({ symbols }) => symbols.length > 2);
    for (const group of groups.values()) {
      const symbols = group === rest ? 'any other' : group.symbols.join(', ');
      list.push({ from, to: group.to, label: `${symbols} / ${group.output}` });
    }
  });
  return list;
}
