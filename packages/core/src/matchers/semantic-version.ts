/**
 * Version comparison as audiences know it. It is not npm's: the condition's version acts as a prefix (`2` matches
 * `2.12`), a suffix is compared as text (`alpha.10` is before `alpha.2`), and build metadata takes part. These results
 * are a wire contract; correcting them would move users between audiences.
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
}

/**
 * Returns where a user's version stands relative to that of a condition: below 0, 0, or above; `null` when it is not a
 * version.
 */
export function versionOrder(target: Version | null, actual: unknown): number | null {
  const version = typeof actual === 'string' ? readVersion(actual) : null;
  return target && version && compareVersions(target, version);
}

/** Returns where `version` stands relative to `target`: -1 below, 0 equal as far as the target goes, 1 above. */
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

/** What versions of users were read as. Few of them are in use at a time, so most were seen before. */
const known = /* @__PURE__ */ new Map<string, Version | null>();

/** More are forgotten, and longer texts are not kept. */
const MAX_KNOWN = 500;
const MAX_KNOWN_LENGTH = 100;

function readVersion(text: string): Version | null {
  let version = known.get(text);
  if (version === undefined) {
    version = parseVersion(text);
    if (known.size >= MAX_KNOWN) known.clear();
    if (text.length <= MAX_KNOWN_LENGTH) known.set(text, version);
  }
  return version;
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
  };
}
