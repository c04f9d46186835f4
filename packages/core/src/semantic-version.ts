/**
 * Version comparison for audiences. It differs from npm's: the condition's version acts as a prefix (`2` matches
 * `2.12`), a suffix is compared as text (`alpha.10` is before `alpha.2`), and build metadata is compared too. These
 * results are a wire contract; correcting them would move users between audiences.
 *
 * @see https://docs.developers.optimizely.com/feature-experimentation/docs/target-audiences
 */
/** Longer strings are not versions; the bound keeps one comparison cheap for any attribute value. */
const MAX_VERSION_LENGTH = 65_536;

/** Up to three numbers, then a suffix behind `-` (prerelease) or `+` (build). */
const VERSION = /^(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:([-+])(\S*))?$/;
const DIGITS = /^\d+$/;

/** A version in its parts. */
export interface Version {
  /** Numeric parts, then the whole suffix as one more part if there is one. */
  readonly parts: readonly string[];
  /** The parts as numbers; `NaN` for a suffix that is not one. */
  readonly numbers: readonly number[];
  readonly isPrerelease: boolean;
  readonly isBuild: boolean;
  /** The result of `packVersion`. */
  readonly packed: number;
  /** The unit of the last number of a packed version; later numbers of a user's version are ignored. */
  readonly unit: number;
}

/** Compares a user's version with that of a condition: below 0, 0 or above 0; `null` when it is not a version. */
export function versionOrder(target: Version | null, actual: unknown): number | null {
  if (target === null || typeof actual !== 'string') return null;
  const packed = packVersion(actual);
  if (packed >= 0 && target.packed >= 0) return Math.floor(packed / target.unit) * target.unit - target.packed;
  const version = parseVersion(actual);
  return version && compareVersions(target, version);
}

/** Compares `version` with `target`: -1 below, 0 equal as far as the target goes, 1 above. */
function compareVersions(target: Version, version: Version): number {
  for (let index = 0; index < target.parts.length; index += 1) {
    if (index >= version.parts.length) return target.isPrerelease || target.isBuild ? 1 : -1;
    const number = version.numbers[index] as number;
    if (Number.isNaN(number)) {
      const part = version.parts[index] as string;
      const wanted = target.parts[index] as string;
      if (part < wanted) return target.isPrerelease && !version.isPrerelease ? 1 : -1;
      if (part > wanted) return !target.isPrerelease && version.isPrerelease ? -1 : 1;
      continue;
    }
    // A text on the other side compares as equal, because it is not a number.
    const wanted = target.numbers[index] as number;
    if (number < wanted) return -1;
    if (number > wanted) return 1;
  }
  return version.isPrerelease && !target.isPrerelease ? -1 : 0;
}

/** Most versions: up to three numbers, none of them long. */
const PLAIN = /^\d{1,5}(?:\.\d{1,5}){0,2}$/;

/** 2^17, more than any number of a plain version. */
const PART = 131_072;

/**
 * Packs a plain version into one number: each of its numbers plus one, and 0 for an absent one. Returns -1 for any
 * other text, even if it is a version.
 */
function packVersion(text: string): number {
  if (!PLAIN.test(text)) return -1;
  let packed = 0;
  let part = 1;
  let absent = 3;
  for (let at = 0; at <= text.length; at += 1) {
    const code = text.charCodeAt(at);
    // A dot is below 48, and at the end `code` is NaN, so neither counts as a digit.
    if (code >= 48) part = part * 10 + code - 57;
    else {
      packed = packed * PART + part;
      part = 1;
      absent -= 1;
    }
  }
  return packed * PART ** absent;
}

/** Returns `null` for anything that is not a version. */
export function parseVersion(value: unknown): Version | null {
  if (typeof value !== 'string' || value.length > MAX_VERSION_LENGTH) return null;
  const found = VERSION.exec(value);
  if (found === null) return null;
  const [, major, minor, patch, separator, suffix] = found;
  const parts = [major, minor, patch, suffix].filter((part) => part) as string[];
  return {
    parts,
    numbers: parts.map((part) => (DIGITS.test(part) ? Number(part) : Number.NaN)),
    isPrerelease: separator === '-',
    isBuild: separator === '+',
    packed: packVersion(value),
    unit: PART ** (3 - parts.length),
  };
}
