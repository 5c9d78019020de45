/** `ALPNProtocols`, in each of the forms that node:tls takes. */
import { latin1 } from '../../base/bytes.ts';
import { argumentError, codedTypeError } from './errors.ts';

export type AlpnInput = readonly string[] | readonly Uint8Array[] | NodeJS.ArrayBufferView;

/** The names, best first; UTF-8 text as the bytes that stand on the wire. */
export function readAlpn(value: AlpnInput | undefined | null): readonly string[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) {
    return (value as readonly unknown[]).map((one) =>
      checked(typeof one === 'string' ? Buffer.from(one, 'utf8').toString('latin1') : latin1(viewOf(one))),
    );
  }
  return fromWire(viewOf(value));
}

/** As `tls.convertALPNProtocols`: puts the wire form into `out`. */
export function convertALPNProtocols(protocols: AlpnInput, out: { ALPNProtocols?: Buffer }): void {
  if (!Array.isArray(protocols) && !ArrayBuffer.isView(protocols)) return;
  out.ALPNProtocols = Buffer.concat(readAlpn(protocols).map((name) => Buffer.from(String.fromCharCode(name.length) + name, 'latin1')));
}

function fromWire(bytes: Uint8Array): string[] {
  const names: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = bytes[at]!;
    if (length === 0 || at + 1 + length > bytes.length)
      throw codedTypeError('ERR_INVALID_ARG_VALUE', 'ALPNProtocols: not a list of names with lengths');
    names.push(latin1(bytes.subarray(at + 1, at + 1 + length)));
    at += 1 + length;
  }
  return names;
}

function viewOf(value: unknown): Uint8Array {
  if (!ArrayBuffer.isView(value))
    throw argumentError('options.ALPNProtocols', 'an array of names, or an instance of Buffer, TypedArray, or DataView', value);
  return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
}

function checked(name: string): string {
  if (name.length === 0 || name.length > 255)
    throw codedTypeError('ERR_OUT_OF_RANGE', `The byte length of a protocol must be 1 to 255. Received ${name.length}`);
  return name;
}
