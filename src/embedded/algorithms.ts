/** Numbers of algorithms of the manager's own drivers: `alg_id`. */
export const ENC_ALG_NULL = 0x0000;
export const ENC_ALG_AES_128_CBC = 0x0101;
export const ENC_ALG_AES_256_CBC = 0x0102;
export const ENC_ALG_AES_128_GCM = 0x0103;
export const ENC_ALG_AES_256_GCM = 0x0104;
export const ENC_ALG_AES_128_CCM_8 = 0x0105;
export const ENC_ALG_3DES_EDE_CBC = 0x0201;
export const ENC_ALG_CHACHA20_POLY1305 = 0x0301;
export const ENC_ALG_MD5 = 0x1001;
export const ENC_ALG_SHA1 = 0x1002;
export const ENC_ALG_SHA256 = 0x1003;
export const ENC_ALG_SHA384 = 0x1004;
export const ENC_ALG_SHA512 = 0x1005;
export const ENC_ALG_RSA = 0x2001;
export const ENC_ALG_EDH = 0x2002;
export const ENC_ALG_DSS = 0x2003;
export const ENC_ALG_ECC = 0x2004;
