/** CAs of which each has signed every other one: more paths than anybody can count, and none to an anchor. */
import type { Certificate } from '../../src/pki/x509/certificate.ts';
import type { Name } from '../../src/pki/x509/name.ts';
import { issue, root, type TestCa, testKey } from './ca.ts';

export interface Mesh {
  readonly cas: readonly TestCa[];
  readonly subjects: readonly Name[];
  /** `count` times `count - 1` certificates. */
  readonly mesh: Certificate[];
}

export function crossSigned(count: number): Mesh {
  const cas = Array.from({ length: count }, (_, i) => root(`CN=Mesh ${i}`));
  const subjects = cas.map((one) => one.certificate.subject);
  const mesh: Certificate[] = [];
  cas.forEach((issuer, i) => {
    for (let k = 0; k < count; k++)
      if (k !== i) mesh.push(issue(issuer, subjects[k]!, { ca: true }, testKey('p256', `CN=Mesh ${k}`)).certificate);
  });
  return { cas, subjects, mesh };
}
