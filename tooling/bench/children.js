/** What needs a process of its own: the heap a client keeps, and the time an import takes. */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { median } from './compare.js';

/** @typedef {import('./report.js').Result} Result */

/**
 * @param {number} imports How often each import is timed.
 * @returns {Result[]}
 */
export function measureInChildren(imports) {
  const heap = { ours: keptHeap('ours'), official: keptHeap('official') };
  const times = { ours: /** @type {number[]} */ ([]), official: /** @type {number[]} */ ([]) };
  for (let index = 0; index < imports; index += 1) {
    times.ours.push(importTime('sortition'));
    times.official.push(importTime('@optimizely/optimizely-sdk'));
  }
  const imported = { ours: median(times.ours), official: median(times.official) };
  return [
    lower('heap of a 10,000-flag client, just created', heap.ours.created, heap.official.created, 0.6, 'B'),
    lower('heap of a 10,000-flag client, every flag decided', heap.ours.decided, heap.official.decided, 0.8, 'B'),
    lower('import time in Node', imported.ours, imported.official, 0.4, 'ns'),
  ];
}

/**
 * @param {string} name
 * @param {number} ours
 * @param {number} theirs
 * @param {number} target
 * @param {'B' | 'ns'} unit
 * @returns {Result}
 */
function lower(name, ours, theirs, target, unit) {
  return { name, ratio: ours / theirs, target, better: 'lower', ours, theirs, unit };
}

/**
 * @param {'ours' | 'official'} peer
 * @returns {{ created: number, decided: number }} bytes
 */
function keptHeap(peer) {
  const script = fileURLToPath(new URL('./kept-heap.js', import.meta.url));
  return JSON.parse(execFileSync(process.execPath, ['--expose-gc', script, peer], { encoding: 'utf8' }));
}

/**
 * @param {string} specifier
 * @returns {number} ns
 */
function importTime(specifier) {
  const code = `const start = process.hrtime.bigint(); await import(${JSON.stringify(specifier)}); console.log(String(process.hrtime.bigint() - start));`;
  const cwd = fileURLToPath(new URL('.', import.meta.url));
  return Number(execFileSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8', cwd }));
}
