/**
 * What a TLSSocket is to `instanceof`: a Duplex whose prototype stands below those of node's own tls.TLSSocket and
 * net.Socket, because packages ask for them by class. Nothing of theirs works on our state, so whatever they have and a
 * Duplex has not is hidden here; TLSSocket brings its own.
 */
import { Socket } from 'node:net';
import { Duplex, type DuplexOptions } from 'node:stream';
import { TLSSocket as NodeTLSSocket } from 'node:tls';

/** A Duplex that node's types take for a `tls.TLSSocket`. */
export type SocketShape = NodeTLSSocket;

/** Where a socket has its transport: known before there is a connection. */
export const TRANSPORT: unique symbol = Symbol('veritls.transport');

interface Shaped {
  [TRANSPORT]?: Duplex | undefined;
}

type ShapeConstructor = new (options?: DuplexOptions) => SocketShape & Shaped;

/** What is the transport's to say; the second: while there is none, or where a Duplex does not say. */
const DELEGATED: readonly (readonly [string, unknown])[] = [
  ['connecting', false],
  ['pending', true],
  ['bytesRead', 0],
  ['bytesWritten', 0],
  ['remoteAddress', undefined],
  ['remoteFamily', undefined],
  ['remotePort', undefined],
  ['localAddress', undefined],
  ['localPort', undefined],
  ['localFamily', undefined],
  ['autoSelectFamilyAttemptedAddresses', undefined],
];

function makeShape(): ShapeConstructor {
  class Shape extends Duplex {
    [TRANSPORT]: Duplex | undefined = undefined;

    get bufferSize(): number {
      return this.writableLength;
    }

    get readyState(): 'opening' | 'open' | 'readOnly' | 'writeOnly' | 'closed' {
      if ((this as unknown as { connecting: boolean }).connecting) return 'opening';
      if (this.readable && this.writable) return 'open';
      return this.readable ? 'readOnly' : this.writable ? 'writeOnly' : 'closed';
    }
  }
  for (const foreign of [Socket.prototype, NodeTLSSocket.prototype]) {
    for (const key of Reflect.ownKeys(foreign)) {
      if (Object.hasOwn(Shape.prototype, key)) continue;
      Object.defineProperty(Shape.prototype, key, inDuplex(key) ?? { value: undefined, writable: true, configurable: true });
    }
  }
  for (const [name, otherwise] of DELEGATED) {
    const get = function (this: Shape): unknown {
      const transport = this[TRANSPORT] as unknown as Record<string, unknown> | undefined;
      return transport?.[name] ?? (transport !== undefined && name === 'pending' ? false : otherwise);
    };
    Object.defineProperty(Shape.prototype, name, { get, configurable: true, enumerable: true });
  }
  Object.setPrototypeOf(Shape.prototype, NodeTLSSocket.prototype);
  return Shape as unknown as ShapeConstructor;
}

/** The member as a Duplex has it, from wherever in its chain. */
function inDuplex(key: string | symbol): PropertyDescriptor | undefined {
  for (let prototype: object | null = Duplex.prototype; prototype !== null; prototype = Object.getPrototypeOf(prototype) as object | null) {
    const found = Object.getOwnPropertyDescriptor(prototype, key);
    if (found !== undefined) return found;
  }
  return undefined;
}

export const TLSSocketBase: ShapeConstructor = /* @__PURE__ */ makeShape();
