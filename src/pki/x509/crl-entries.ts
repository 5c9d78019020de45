/**
 * The entries of a CRL, RFC 5280 §5.3. There may be a million: they stay in the CRL's bytes, and a table of their places, found by the hash
 * of the serial number, takes about 12 bytes each.
 */
import { equal } from '../../base/bytes.ts';
import { malformed } from '../asn1/der-error.ts';
import { DerReader } from '../asn1/der-reader.ts';
import { CERTIFICATE_ISSUER, CRL_REASON, INVALIDITY_DATE } from '../asn1/oids.ts';
import { ENUMERATED, SEQUENCE } from '../asn1/tags.ts';
import { readExtensionList } from './certificate.ts';
import { readGeneralNames } from './general-name.ts';
import type { Name } from './name.ts';
import { hashBytes } from './trust-store.ts';

/** One revoked certificate. */
export interface CrlEntry {
  readonly serial: Uint8Array;
  /** Milliseconds since 1970. */
  readonly revocationDate: number;
  readonly reason: number;
  /** Whose certificate it is: the CRL's issuer, or in an indirect CRL the one named last. */
  readonly issuer: Name;
}

export interface CrlEntriesInput {
  readonly der: Uint8Array;
  /** Content of `revokedCertificates`. */
  readonly start: number;
  readonly end: number;
  readonly version: number;
  readonly indirect: boolean;
  readonly issuer: Name;
}

/** What an entry says beyond its serial number and date. */
interface Details {
  reason: number;
  issuer: Name | undefined;
  unknownCritical: string | undefined;
}

const SOME = 1_024;

export class CrlEntries {
  /** A critical extension of an entry that is not known here. */
  readonly unknownCritical: string | undefined;
  readonly #input: CrlEntriesInput;
  /** Where each entry begins. */
  readonly #places: Uint32Array;
  /** Open addressing: number of an entry plus one, at the hash of its serial number or behind. */
  readonly #table: Uint32Array;
  /** In an indirect CRL: from which entry on certificates are whose. */
  readonly #issuers: { readonly from: number; readonly issuer: Name }[] = [];

  /** Throws `bad_der` where an entry is malformed. */
  constructor(input: CrlEntriesInput) {
    this.#input = input;
    let places = new Uint32Array(SOME);
    let hashes = new Uint32Array(SOME);
    let count = 0;
    let unknownCritical: string | undefined;
    const { der } = input;
    const reader = new DerReader(der, input.start, input.end, 3);
    while (!reader.done) {
      if (count === places.length) {
        places = grown(places);
        hashes = grown(hashes);
      }
      places[count] = reader.position;
      const details = this.#skip(reader);
      hashes[count] = hashBytes(der.subarray(this.#serialStart, this.#serialEnd));
      if (details !== undefined) {
        unknownCritical ??= details.unknownCritical;
        if (details.issuer !== undefined) this.#issuers.push({ from: count, issuer: details.issuer });
      }
      count++;
    }
    this.unknownCritical = unknownCritical;
    this.#places = places.slice(0, count);
    let size = 4;
    while (size < 2 * count) size *= 2;
    this.#table = new Uint32Array(size);
    for (let n = 0; n < count; n++) {
      let at = hashes[n]! & (size - 1);
      while (this.#table[at] !== 0) at = (at + 1) & (size - 1);
      this.#table[at] = n + 1;
    }
  }

  /** Entries with this serial number (content of the INTEGER), in order. */
  of(serial: Uint8Array): CrlEntry[] {
    const found: number[] = [];
    const mask = this.#table.length - 1;
    for (let at = hashBytes(serial) & mask; this.#table[at] !== 0; at = (at + 1) & mask) {
      const n = this.#table[at]! - 1;
      if (this.#hasSerial(n, serial)) found.push(n);
    }
    return found.sort((a, b) => a - b).map((n) => this.#entry(n));
  }

  *all(): Generator<CrlEntry, void, undefined> {
    for (let n = 0; n < this.#places.length; n++) yield this.#entry(n);
  }

  #hasSerial(n: number, serial: Uint8Array): boolean {
    const reader = this.#readerAt(n);
    reader.narrow(SEQUENCE, 'revokedCertificate');
    return equal(reader.integer('userCertificate'), serial);
  }

  #entry(n: number): CrlEntry {
    const details = this.#skip(this.#readerAt(n));
    return {
      serial: this.#input.der.subarray(this.#serialStart, this.#serialEnd),
      revocationDate: this.#date,
      reason: details?.reason ?? 0,
      issuer: this.#issuerOf(n),
    };
  }

  /** The issuer named last at or before entry `n`. */
  #issuerOf(n: number): Name {
    let low = 0;
    let high = this.#issuers.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#issuers[middle]!.from <= n) low = middle + 1;
      else high = middle;
    }
    return this.#issuers[low - 1]?.issuer ?? this.#input.issuer;
  }

  #readerAt(n: number): DerReader {
    return new DerReader(this.#input.der, this.#places[n], this.#input.end, 3);
  }

  // Of the entry that `#skip` read last.
  #serialStart = 0;
  #serialEnd = 0;
  #date = 0;

  /** Reads one entry and moves behind it. */
  #skip(reader: DerReader): Details | undefined {
    const end = reader.narrow(SEQUENCE, 'revokedCertificate');
    reader.checkInteger('userCertificate');
    this.#serialStart = reader.contentStart;
    this.#serialEnd = reader.contentEnd;
    this.#date = reader.time('revocationDate');
    const details = reader.done ? undefined : this.#details(reader);
    reader.leave(end, 'revokedCertificate');
    return details;
  }

  #details(reader: DerReader): Details {
    const { version, indirect } = this.#input;
    if (version !== 2) malformed('crlEntryExtensions', reader.position, 'only in version 2');
    const details: Details = { reason: 0, issuer: undefined, unknownCritical: undefined };
    for (const one of readExtensionList(reader.sequence('crlEntryExtensions'), 'crlEntryExtensions')) {
      switch (one.oid) {
        case CRL_REASON:
          details.reason = readReason(one.reader());
          break;
        case CERTIFICATE_ISSUER:
          details.issuer = readCertificateIssuer(one.reader()) ?? details.issuer;
          if (!indirect) details.unknownCritical ??= one.oid;
          break;
        case INVALIDITY_DATE:
          break;
        default:
          if (one.critical) details.unknownCritical ??= one.oid;
      }
    }
    return details;
  }
}

function grown(array: Uint32Array): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(2 * array.length);
  larger.set(array);
  return larger;
}

function readReason(reader: DerReader): number {
  const reason = reader.smallInteger('reasonCode', 10, ENUMERATED);
  reader.finish('reasonCode');
  return reason;
}

/** §5.3.3: names of the certificate's issuer; the distinguished one counts. */
function readCertificateIssuer(reader: DerReader): Name | undefined {
  const body = reader.sequence('certificateIssuer');
  reader.finish('certificateIssuer');
  for (const name of readGeneralNames(body, 'certificateIssuer')) if (name.kind === 'directory') return name.value;
  return undefined;
}
