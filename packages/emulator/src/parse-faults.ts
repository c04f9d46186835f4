/** Reads the body of `POST /__chaos`: `{ "endpoint": "events", "faults": [{ "kind": "hang" }] }`, or `"*"` for all. */

import { ENDPOINTS, type Endpoint, type Fault } from './faults.ts';
import { isRecord } from './json-body.ts';

const NUMBERS_BY_KIND: Readonly<Record<Fault['kind'], readonly string[]>> = {
  latency: ['ms'],
  status: ['status'],
  truncate: ['bytes'],
  drip: ['bytes', 'intervalMs'],
  hang: [],
  reset: [],
  'commit-then-reset': [],
};

/** Returns what to set, or a sentence that says what is wrong with the body. */
export function parseFaults(body: unknown): { endpoints: readonly Endpoint[]; faults: readonly Fault[] } | string {
  if (!isRecord(body)) return 'expected an object { "endpoint", "faults" }';
  const { endpoint, faults } = body;
  const endpoints = endpoint === '*' ? ENDPOINTS : ENDPOINTS.filter((name) => name === endpoint);
  if (endpoints.length === 0) return `"endpoint" must be "*" or one of ${ENDPOINTS.join(', ')}`;
  if (!Array.isArray(faults)) return '"faults" must be an array; an empty one clears the endpoint';
  for (const fault of faults) {
    const problem = faultProblem(fault);
    if (problem !== undefined) return problem;
  }
  return { endpoints, faults };
}

function faultProblem(fault: unknown): string | undefined {
  if (!isRecord(fault)) return 'a fault must be an object with a "kind"';
  const kind = String(fault.kind);
  const numbers = Object.hasOwn(NUMBERS_BY_KIND, kind) ? NUMBERS_BY_KIND[kind as Fault['kind']] : undefined;
  if (numbers === undefined) return `"kind" must be one of ${Object.keys(NUMBERS_BY_KIND).join(', ')}`;
  for (const name of [...numbers, 'rate', 'times']) {
    const value = fault[name];
    const required = (kind === 'latency' && name === 'ms') || (kind === 'status' && name === 'status');
    if (value === undefined ? required : !isUsableNumber(kind, name, value))
      return `"${name}" is not usable in a ${kind} fault`;
  }
  if (fault.body !== undefined && typeof fault.body !== 'string') return '"body" must be a string';
  if (fault.headers !== undefined && !areHeaders(fault.headers)) return '"headers" must be an object of HTTP headers';
  return undefined;
}

/** The minimum and maximum of each number. */
const RANGES: Readonly<Record<string, readonly [least: number, most: number]>> = {
  // Above this delay, a timer would fire immediately.
  ms: [0, 2 ** 31 - 1],
  intervalMs: [0, 2 ** 31 - 1],
  status: [200, 599],
  rate: [0, 1],
};

function isUsableNumber(kind: string, name: string, value: unknown): boolean {
  // A drip of 0 bytes would never end.
  const [least, most] = RANGES[name] ?? [kind === 'drip' && name === 'bytes' ? 1 : 0, Number.MAX_SAFE_INTEGER];
  const isNumber = typeof value === 'number' && (name === 'rate' || Number.isInteger(value));
  return isNumber && value >= least && value <= most;
}

function areHeaders(value: unknown): boolean {
  if (!isRecord(value) || !Object.values(value).every((text) => typeof text === 'string')) return false;
  try {
    new Headers(value as Record<string, string>);
    return true;
  } catch {
    return false; // a name or a value that HTTP cannot carry
  }
}
