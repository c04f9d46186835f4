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
    if (value === undefined ? required : !isUsableNumber(name, value))
      return `"${name}" is not usable in a ${kind} fault`;
  }
  if (fault.body !== undefined && typeof fault.body !== 'string') return '"body" must be a string';
  if (fault.headers !== undefined && !(isRecord(fault.headers) && Object.values(fault.headers).every(isString))) {
    return '"headers" must be an object of strings';
  }
  return undefined;
}

function isUsableNumber(name: string, value: unknown): boolean {
  if (typeof value !== 'number' || !Number.isFinite(value) || value < 0) return false;
  if (name === 'status') return Number.isInteger(value) && value >= 200 && value <= 599;
  if (name === 'rate') return value <= 1;
  return true;
}

function isString(value: unknown): value is string {
  return typeof value === 'string';
}
