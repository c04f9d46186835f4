/**
 * Reads the flags of a test: checks them, so that a mistake fails where it is made, and copies them, so that later
 * changes to the test's objects have no effect.
 */
import { SdkError } from 'sortition';
import type { TestFlag } from './test-flags.ts';

/** Returns flags by key; `undefined` counts as missing. @throws SdkError `invalid-option` */
export function readFlags(flags: unknown): Map<string, TestFlag> {
  const stated = Object.entries(readRecord('flags', flags)).filter(([, flag]) => flag !== undefined);
  return new Map(stated.map(([flagKey, flag]) => [flagKey, readFlag(flagKey, flag)]));
}

/** Returns a flag with the variables that are not `undefined`. @throws SdkError `invalid-option` */
export function readFlag(flagKey: string, flag: unknown): TestFlag {
  const { variationKey, enabled, variables = {} } = readRecord(flagKey, flag);
  if (variationKey !== undefined && (typeof variationKey !== 'string' || variationKey === '')) {
    throw invalid(`${flagKey}.variationKey`, 'a text that is not empty', variationKey);
  }
  if (enabled !== undefined && typeof enabled !== 'boolean') {
    throw invalid(`${flagKey}.enabled`, 'true or false', enabled);
  }
  const path = `${flagKey}.variables`;
  const stated = Object.entries(readRecord(path, variables)).filter(([, value]) => value !== undefined);
  const read = stated.map(([key, value]) => [key, readVariable(`${path}.${key}`, value)]);
  return { variationKey, enabled, variables: Object.fromEntries(read) };
}

/** @throws SdkError `invalid-option` for anything but an object */
export function readRecord(what: string, value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw invalid(what, 'an object', value);
}

function readVariable(what: string, value: unknown): unknown {
  if (typeof value !== 'number' || Number.isFinite(value)) {
    try {
      return JSON.parse(JSON.stringify(value));
    } catch {
      // A function, a nested BigInt, or a cycle.
    }
  }
  throw invalid(what, 'a value that JSON has', value);
}

function invalid(what: string, expected: string, got: unknown): SdkError {
  const shown =
    got === null
      ? 'null'
      : Array.isArray(got)
        ? 'an array'
        : typeof got === 'number'
          ? got
          : got === ''
            ? '""'
            : typeof got;
  return new SdkError('invalid-option', `"${what}" of a test client must be ${expected}, got ${shown}.`);
}
