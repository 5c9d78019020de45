/** The garbage collector, by hand. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');

/** A whole collection, or one of the young generation. */
export const collect = runInNewContext('gc') as (options?: { readonly type: 'minor' }) => void;
