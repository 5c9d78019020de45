/** A peer that misbehaves by script: what it does to the messages that it meant to send. */
import { concat } from '../../src/base/bytes.ts';
import type { Hand, Outgoing } from '../negative/tamper-carrier.ts';
import { ALERT, APPLICATION_DATA, CHANGE_CIPHER_SPEC, HANDSHAKE } from '../../src/wire/content.ts';
import { CCS_MESSAGE } from '../../src/wire/handshake.ts';
import type { Script } from './input.ts';

const MAX_DEEDS = 8;
const RECORDS: readonly number[] = [CHANGE_CIPHER_SPEC, ALERT, HANDSHAKE, APPLICATION_DATA, 24, 99];

interface Deed {
  readonly at: number;
  readonly change: (message: Outgoing) => readonly Outgoing[];
}

/** Reads what each side does, and at which of its messages. */
export function misdeeds(script: Script): { readonly client: Hand; readonly server: Hand } {
  const deeds: { client: Deed[]; server: Deed[] } = { client: [], server: [] };
  for (let count = 0; count < MAX_DEEDS && !script.done; count++) {
    const place = script.u8();
    deeds[place & 0x80 ? 'server' : 'client'].push({ at: place & 0x0f, change: deed(script) });
  }
  return { client: handOf(deeds.client), server: handOf(deeds.server) };
}

function handOf(deeds: readonly Deed[]): Hand {
  return (message, position) => {
    let out: readonly Outgoing[] = [message];
    for (const { at, change } of deeds) if (at === position) out = out.flatMap((each) => change(each));
    return out;
  };
}

function deed(script: Script): Deed['change'] {
  switch (script.below(10)) {
    case 0:
      return () => [];
    case 1:
      return (message) => [message, message];
    case 2: {
      // One byte becomes another.
      const at = script.u16();
      const value = script.u8();
      return altered((body) => body.map((byte, i) => (i === at % body.length ? byte ^ (value === 0 ? 1 : value) : byte)));
    }
    case 3: {
      const length = script.u16();
      return altered((body) => body.subarray(0, length % (body.length + 1)));
    }
    case 4: {
      const at = script.u16();
      const bytes = script.string();
      return altered((body) => concat(body.subarray(0, at % (body.length + 1)), bytes, body.subarray(at % (body.length + 1))));
    }
    case 5: {
      // Bytes in the place of others: lengths stay right.
      const at = script.u16();
      const bytes = script.string();
      return altered((body) => {
        const copy = body.slice();
        for (let i = 0; i < bytes.length && (at % (body.length + 1)) + i < copy.length; i++) copy[(at % (body.length + 1)) + i] = bytes[i]!;
        return copy;
      });
    }
    case 6: {
      const type = script.u8();
      return (message) => [message.type === CCS_MESSAGE ? message : { ...message, type }];
    }
    case 7: {
      const message: Outgoing = { type: script.u8(), body: script.string() };
      return (meant) => [message, meant];
    }
    case 8: {
      const record: Outgoing = { type: 0, record: script.pick(RECORDS), body: script.string() };
      return (meant) => [record, meant];
    }
    default: {
      const body = script.string();
      return altered(() => body);
    }
  }
}

function altered(change: (body: Uint8Array) => Uint8Array): Deed['change'] {
  return (message) => [message.type === CCS_MESSAGE || message.record !== undefined ? message : { ...message, body: change(message.body) }];
}
