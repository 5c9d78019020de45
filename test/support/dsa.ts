/** A DSA key and its certificate. */
import { nodeCrypto, privateKeyFromPem } from '../../src/crypto/node/index.ts';
import type { Credential } from '../../src/handshake/context.ts';
import { issueCertificate } from '../../src/pki/certs/create.ts';
import { parseCertificate } from '../../src/pki/x509/certificate.ts';
import { AUTHORITY, NOW } from './certificates.ts';

/** A 2048-bit DSA key: making one takes seconds. */
export const DSA_KEY = `-----BEGIN PRIVATE KEY-----
MIICXQIBADCCAjYGByqGSM44BAEwggIpAoIBAQDLBb3VP02QthXEQ6fbW2oFkmfO
cbiAQGGfDRHCx0WwE/LKDxq+aS6vxiuMeKmS3Z94LSj7n3WnMi4QKwTPfBXVDBzd
jbg5u8TcKRPA4DRErS2Oa/niPVcE0GW08j5wGW6Ch93X7oBozKOyMdcduKqVG6+z
+qZPl6gnkVPhTS4cMkQ88Lt1ktMYRollb8+6GlOe8SGAJwLSTAZ925sSHMPepyaY
Jy+GnjpUxr6K65eDlblugJJVAlyhoKihv5m+DKpOrEKyreD+HRx1pKkHLvZp9i9O
Of3wlIx0ri3cfx7XJSgfhYh9jxmLGRBpItIe00PEdWwqCy0asHQJ/Hhz4rDlAh0A
6selQKVIB/CfJCmczmb7E4GWPF2z7sqLpVUfZQKCAQEAne52fcEMP5SyVo7WBquc
F3MW3NnfBwi9PZcR6fx4i+u6IrjJ9fTW3eTdeC3I356InAilYFoakw5eJZv4FQHI
9iLTN9827skw5vT0ZVKbiVO7vc4a5niNV07La4ZqP89SWFIBmGhn9+d5vYmU8cv5
xMp2l9rfUOOlGnHItOhSsJ8Pi91+RoQ65XMj1zLAHVqjLTRkvP/fYKazYyHFPjeg
xn0rn4qQpQdVKFx+FBEaZGOxT/p75IeYcbfplQfZpLtBhlROS4CWJCQjlWpIbYdv
mGu5+84CELWBlo4nGEIZMa2VEHAUleqyVOQgKE3N8JecBGL7cTAgNhbX8FEIEoys
HAQeAhwHt9heFFFWgGbWBqzMlEcqC2on6R0dijZR5IQZ
-----END PRIVATE KEY-----
`;

/** A DSS certificate of the test root. */
export function dsaCredential(subject = 'CN=localhost'): Credential {
  const key = privateKeyFromPem(DSA_KEY);
  const leaf = issueCertificate({
    crypto: nodeCrypto,
    publicKey: key.spki!,
    issuer: { certificate: parseCertificate(AUTHORITY.der), key: AUTHORITY.key },
    subject,
    subjectAltNames: ['localhost'],
    notBefore: NOW - 86_400_000,
    notAfter: NOW + 86_400_000,
  }) as Uint8Array;
  return { chain: [leaf, AUTHORITY.der], key };
}
