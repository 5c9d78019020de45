/** UTCTime and GeneralizedTime as RFC 5280 §4.1.2.5 allows them: with seconds, in Zulu, without fractions. */
import { malformed } from './der-error.ts';

/** `YYMMDDHHMMSSZ`; years 50 to 99 are 1950 to 1999. Milliseconds since 1970. */
export function readUtcTime(bytes: Uint8Array, start: number, end: number, field: string): number {
  if (end - start !== 13 || bytes[end - 1] !== 0x5a) malformed(field, start, 'not YYMMDDHHMMSSZ');
  const year = twoDigits(bytes, start, field);
  return moment(year < 50 ? 2000 + year : 1900 + year, bytes, start + 2, field);
}

/** `YYYYMMDDHHMMSSZ`. Milliseconds since 1970. */
export function readGeneralizedTime(bytes: Uint8Array, start: number, end: number, field: string): number {
  if (end - start !== 15 || bytes[end - 1] !== 0x5a) malformed(field, start, 'not YYYYMMDDHHMMSSZ');
  return moment(100 * twoDigits(bytes, start, field) + twoDigits(bytes, start + 2, field), bytes, start + 4, field);
}

/** The digits of a moment: `YYYYMMDDHHMMSS`. */
export function timeDigits(milliseconds: number): string {
  const date = new Date(milliseconds);
  return date
    .toISOString()
    .replace(/\.\d+Z$/, '')
    .replace(/\D/g, '');
}

function moment(year: number, bytes: Uint8Array, at: number, field: string): number {
  const month = twoDigits(bytes, at, field);
  const day = twoDigits(bytes, at + 2, field);
  const hour = twoDigits(bytes, at + 4, field);
  const minute = twoDigits(bytes, at + 6, field);
  const second = twoDigits(bytes, at + 8, field);
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) malformed(field, at, 'no such date');
  if (hour > 23 || minute > 59 || second > 59) malformed(field, at, 'no such time of day');
  return (((daysSince1970(year, month, day) * 24 + hour) * 60 + minute) * 60 + second) * 1000;
}

function twoDigits(bytes: Uint8Array, at: number, field: string): number {
  const high = bytes[at]! - 0x30;
  const low = bytes[at + 1]! - 0x30;
  if (high < 0 || high > 9 || low < 0 || low > 9) malformed(field, at, 'not a digit');
  return 10 * high + low;
}

function daysIn(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Gregorian; the year is taken to begin in March, so that the leap day is its last. */
function daysSince1970(year: number, month: number, day: number): number {
  const y = month > 2 ? year : year - 1;
  const m = month > 2 ? month - 3 : month + 9;
  return 365 * y + Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400) + Math.floor((153 * m + 2) / 5) + day - 719_469;
}
