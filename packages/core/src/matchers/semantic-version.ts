/**
 * Version comparison as audiences know it. It is not npm's: the condition's version acts as a prefix (`2` matches
 * `2.12`), a suffix is compared as text (`alpha.10` is before `alpha.2`), and build metadata takes part. These results
 * are a wire contract; correcting them would move users between audiences.
 *
 * @see https://docs.developers.optimizely.com/feature-experimentation/docs/target-audiences
 */
import type { CompileMatcher, Matcher } from './matcher.ts';

// Functions rather than results of a call, which bundlers would have to keep even where they are not used.
export const versionEqual: CompileMatcher = (expected) => compare(expected, (order) => order === 0);
export const versionGreater: CompileMatcher = (expected) => compare(expected, (order) => order > 0);
export const versionGreaterOrEqual: CompileMatcher = (expected) => compare(expected, (order) => order >= 0);
export const versionLess: CompileMatcher = (expected) => compare(expected, (order) => order < 0);
export const versionLessOrEqual: CompileMatcher = (expected) => compare(expected, (order) => order <= 0);

/** Longer strings are not versions; the bound keeps one comparison cheap for any attribute value. */
const MAX_VERSION_LENGTH = 65_536;

const WHITESPACE = /\s/;
const DIGITS = /^\d+$/;
const SEPARATOR = /[-+]/;

interface Version {
  /** Numeric parts, then the whole suffix as one more part if there is one. */
  readonly parts: readonly string[];
  readonly isPrerelease: boolean;
  readonly isBuild: boolean;
}

function compare(expected: unknown, holds: (order: number) => boolean): Matcher | null {
  const target = parseVersion(expected);
  if (target === null) return null;
  return (actual) => {
    const version = parseOnce(actual);
    return version === null ? null : holds(compareVersions(target, version));
  };
}

/** Returns where `version` stands relative to `target`: -1 below, 0 equal as far as the target goes, 1 above. */
function compareVersions(target: Version, version: Version): number {
  for (const [index, wanted] of target.parts.entries()) {
    const part = version.parts[index];
    if (part === undefined) return target.isPrerelease || target.isBuild ? 1 : -1;
    if (!DIGITS.test(part)) {
      if (part < wanted) return target.isPrerelease && !version.isPrerelease ? 1 : -1;
      if (part > wanted) return !target.isPrerelease && version.isPrerelease ? -1 : 1;
      // A text on the other side compares as equal, because it is not a number.
    } else if (DIGITS.test(wanted) && Number(part) !== Number(wanted)) return Number(part) < Number(wanted) ? -1 : 1;
  }
  return version.isPrerelease && !target.isPrerelease ? -1 : 0;
}

/** Longer texts are not kept in memory. */
const MAX_KEPT_LENGTH = 256;

let lastText: string | undefined;
let lastVersion: Version | null = null;

/** Conditions of one decision parse the same attribute one after the other, so the last result is kept. */
function parseOnce(value: unknown): Version | null {
  if (typeof value !== 'string' || value.length > MAX_KEPT_LENGTH) return parseVersion(value);
  if (value !== lastText) {
    lastVersion = parseVersion(value);
    lastText = value;
  }
  return lastVersion;
}

/** Returns `null` for anything that is not a version. */
function parseVersion(value: unknown): Version | null {
  if (typeof value !== 'string' || value.length > MAX_VERSION_LENGTH || WHITESPACE.test(value)) return null;
  const separator = value.search(SEPARATOR);
  const cut = separator < 0 ? value.length : separator;
  const parts = value.slice(0, cut).split('.');
  if (parts.length > 3 || !parts.every((part) => DIGITS.test(part))) return null;
  const suffix = value.slice(cut + 1);
  return {
    parts: suffix === '' ? parts : [...parts, suffix],
    isPrerelease: value[cut] === '-',
    isBuild: value[cut] === '+',
  };
}
