/** Reads the vectors that other languages use too. */
import { readFileSync } from 'node:fs';

export function readVectors<T>(name: string): readonly T[] {
  return JSON.parse(readFileSync(new URL(`../vectors/${name}.json`, import.meta.url), 'utf8')).vectors;
}
