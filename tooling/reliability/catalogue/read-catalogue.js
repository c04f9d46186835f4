/** The fault catalogue as data: one row per fault, whose id is the prefix of the titles of its tests. */
import { readFileSync } from 'node:fs';

/** @returns {import('./compare-coverage.js').Row[]} */
export function readCatalogue() {
  return JSON.parse(readFileSync(new URL('./catalogue.json', import.meta.url), 'utf8'));
}
