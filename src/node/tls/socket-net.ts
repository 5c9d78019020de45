/** The members of a TLSSocket that are those of net.Socket: its timer, and what the transport does for it. */
import { type AddressInfo, Socket } from 'node:net';
import { codedError, codedTypeError } from './errors.ts';
import { TLSSocketBase, TRANSPORT } from './socket-shape.ts';

export class NetMembers extends TLSSocketBase {
  #timer: NodeJS.Timeout | undefined;
  override timeout: number = undefined as unknown as number;

  /** Something was read or written. @internal */
  _touch(): void {
    this.#timer?.refresh();
  }

  /** @internal */
  _stopTimer(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** Ends, and closes when all is written. */
  override destroySoon(): void {
    if (this.writable) this.end();
    if (this.writableFinished) this.destroy();
    else this.once('finish', this.destroy);
  }

  override resetAndDestroy(): this {
    const transport = this[TRANSPORT];
    if (transport instanceof Socket) transport.resetAndDestroy();
    return this.destroy();
  }

  /** Fires `timeout` when nothing was read or written for that long; 0: never. */
  override setTimeout(timeout: number, callback?: () => void): this {
    if (typeof timeout !== 'number' || !(timeout >= 0)) throw codedTypeError('ERR_OUT_OF_RANGE', 'The value of "msecs" is out of range.');
    this.timeout = timeout;
    const same = this.#timer !== undefined && timeout > 0 && (this.#timer as unknown as { _idleTimeout?: number })._idleTimeout === timeout;
    if (same) this.#timer!.refresh();
    else {
      clearTimeout(this.#timer);
      this.#timer = timeout === 0 || this.destroyed ? undefined : setTimeout(onTimeout, timeout, this).unref();
    }
    if (callback !== undefined) {
      if (timeout === 0) this.removeListener('timeout', callback);
      else this.once('timeout', callback);
    }
    return this;
  }

  override setNoDelay(noDelay?: boolean): this {
    this.#net?.setNoDelay?.(noDelay);
    return this;
  }

  override setKeepAlive(enable?: boolean, initialDelay?: number): this {
    this.#net?.setKeepAlive?.(enable, initialDelay);
    return this;
  }

  override ref(): this {
    this.#net?.ref?.();
    return this;
  }

  override unref(): this {
    this.#net?.unref?.();
    return this;
  }

  override address(): AddressInfo | Record<string, never> {
    return (this.#net?.address?.() as AddressInfo | undefined) ?? {};
  }

  /** Already connected: use `connect` of this module. */
  override connect(): this {
    throw codedError('ERR_METHOD_NOT_IMPLEMENTED', 'a TLSSocket is connected by connect()');
  }

  /** The transport as a net.Socket: where it is another Duplex, its members may be missing. */
  get #net(): Partial<Socket> | undefined {
    return this[TRANSPORT] as Partial<Socket> | undefined;
  }

  /** @internal */
  _onTimeout(): void {
    this.emit('timeout');
  }
}

function onTimeout(socket: NetMembers): void {
  socket._onTimeout();
}
