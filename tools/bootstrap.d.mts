/** Types of `bootstrap.mjs` for the tools that are TypeScript. */
import type { SpawnOptions } from 'node:child_process';

export const ROOT: string;
export function ensureInstalled(): Promise<void>;
export function run(command: string, args: readonly string[], options?: SpawnOptions): Promise<number>;
export function typescript(file: string, ...args: string[]): string[];
