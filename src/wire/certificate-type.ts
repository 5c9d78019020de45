/** TLS Certificate Types, RFC 7250 §3. */
export const X509 = 0;
export const RAW_PUBLIC_KEY = 2;
