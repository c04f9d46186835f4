/** What the service answers: one variant per flag. */
import { SdkError } from '@sortition/core/errors';
import { parseJson } from '@sortition/http';
import { isRecord } from './is-record.ts';

/** The variant a user gets of one flag. */
export interface Variant {
  /** Names the variant within its flag. */
  key: string;
  /** What application code compares; absent for a variant that stands for "off". */
  value?: string;
  /** Any JSON the variant carries. */
  payload?: unknown;
  /** The experiment's run, for exposure events. */
  expKey?: string;
  /** What the service adds: `default`, `deployed`, `segmentName`, `experimentKey` and more. */
  metadata?: Record<string, unknown>;
}

/** Flag key to variant; a flag that does not apply to the user is not there. */
export type Variants = { readonly [flagKey: string]: Variant | undefined };

const WHAT = 'The answer with variants';

/**
 * Reads an answer: an object of objects that each have a `key`. A `value` that is not a string becomes its JSON, a missing
 * `expKey` is taken from the metadata; fields this version does not know stay. Entries that are not variants, or
 * whose value is nested too deep, are left out as long as there are others: one broken flag must not switch off all of them.
 *
 * @param onMalformed Told the flag keys of what was left out.
 * @throws SdkError `invalid-response` on anything else.
 */
export function parseVariants(text: string, onMalformed: (flagKeys: readonly string[]) => void): Variants {
  const answer = parseJson(text, WHAT);
  const variants = isRecord(answer) ? answer : { answer };
  const entries = Object.entries(variants);
  const malformed: string[] = [];
  for (const [flagKey, variant] of entries) {
    if (isVariant(variant)) completeVariant(variant);
    else {
      malformed.push(flagKey);
      delete variants[flagKey];
    }
  }
  if (malformed.length > 0) {
    if (malformed.length < entries.length) onMalformed(malformed);
    // Values stay out of the message: payloads may be private.
    else {
      throw new SdkError(
        'invalid-response',
        `${WHAT} is malformed; expected an object of objects with a text as "key".`,
      );
    }
  }
  return variants as Variants;
}

function isVariant(variant: unknown): variant is Record<string, unknown> {
  return (
    isRecord(variant) &&
    typeof variant.key === 'string' &&
    (variant.metadata == null || isRecord(variant.metadata)) &&
    (typeof variant.value === 'string' || !isTooDeep(variant.value))
  );
}

/** Deeper than any value that stands for a variant, and what an engine's stack would bound otherwise. */
const MAX_VALUE_DEPTH = 100;

function isTooDeep(value: unknown): boolean {
  let level = [value];
  for (let depth = 0; depth < MAX_VALUE_DEPTH && level.length > 0; depth += 1) {
    level = level.flatMap((part) => (typeof part === 'object' && part !== null ? Object.values(part) : []));
  }
  return level.length > 0;
}

/** Works in place: the object comes straight from the parser, and no other code has it yet. */
function completeVariant(variant: Record<string, unknown>): void {
  const { value, metadata } = variant as { value?: unknown; metadata?: Record<string, unknown> | null };
  if (value === null) delete variant.value;
  else if (value !== undefined && typeof value !== 'string') variant.value = JSON.stringify(value);
  if (metadata === null) delete variant.metadata;
  if (typeof variant.expKey !== 'string') {
    delete variant.expKey;
    const experimentKey = metadata?.experimentKey;
    if (typeof experimentKey === 'string') variant.expKey = experimentKey;
  }
}

/**
 * Returns the variants without those that say nothing about the user: the default of a flag (`metadata.default`) and
 * flags that only steer others (`metadata.deployed` is `false`). With nothing to leave out that is the same object.
 */
export function withoutDefaultVariants(variants: Variants): Variants {
  if (!Object.values(variants).some(saysNothing)) return variants;
  return Object.fromEntries(Object.entries(variants).filter(([, variant]) => !saysNothing(variant)));
}

function saysNothing(variant: Variant | undefined): boolean {
  const metadata = variant?.metadata;
  return Boolean(metadata?.default) || metadata?.deployed === false;
}

/** Returns the value of the user's variant, or `fallback` when there is no variant or it has no value. Never throws. */
export function variantValue(variants: Variants, flagKey: string, fallback: string): string {
  return variantOf(variants, flagKey)?.value ?? fallback;
}

/** Returns the payload of the user's variant, `undefined` without one. The service may send any JSON: check its shape. */
export function variantPayload(variants: Variants, flagKey: string): unknown;
/** Returns the payload when `isValid` accepts it, else `undefined`. */
export function variantPayload<T>(
  variants: Variants,
  flagKey: string,
  isValid: (payload: unknown) => payload is T,
): T | undefined;
export function variantPayload(
  variants: Variants,
  flagKey: string,
  isValid: (payload: unknown) => boolean = () => true,
): unknown {
  const payload = variantOf(variants, flagKey)?.payload;
  return payload !== undefined && isValid(payload) ? payload : undefined;
}

/** Keys such as `constructor` are ordinary flags and not found unless the service sent them. */
function variantOf(variants: Variants, flagKey: string): Variant | undefined {
  return Object.hasOwn(Object(variants), flagKey) ? variants[flagKey] : undefined;
}
