/** The response of the service: one variant per flag. */
import { SdkError } from '@sortition/core/errors';
import { parseJson } from '@sortition/http';
import { isRecord } from './is-record.ts';

/** The variant of one flag for a user. */
export interface Variant {
  /** Names the variant within its flag. */
  key: string;
  /** The value for application code; absent for a variant that means "off". */
  value?: string;
  /** Any JSON of the variant. */
  payload?: unknown;
  /** The experiment's run, for exposure events. */
  expKey?: string;
  /** Further fields of the service: `default`, `deployed`, `segmentName`, `experimentKey` and more. */
  metadata?: Record<string, unknown>;
}

/** Flag key to variant; flags that do not apply to the user are absent. */
export type Variants = { readonly [flagKey: string]: Variant | undefined };

const WHAT = 'The response with variants';

/**
 * Reads a response: an object of objects that each have a `key`. A `value` that is not a string becomes its JSON, a
 * missing `expKey` is taken from the metadata; unknown fields are kept. Entries that are not variants, or whose value
 * is nested too deeply, are left out if there are others: one broken flag must not switch off all flags.
 *
 * @param onMalformed Called with the flag keys that were left out.
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
    // The message does not contain values, because payloads may be private.
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

/** Deeper than any real value. Without this limit the depth would depend on the engine's stack. */
const MAX_VALUE_DEPTH = 100;

function isTooDeep(value: unknown): boolean {
  let level = [value];
  for (let depth = 0; depth < MAX_VALUE_DEPTH && level.length > 0; depth += 1) {
    level = level.flatMap((part) => (typeof part === 'object' && part !== null ? Object.values(part) : []));
  }
  return level.length > 0;
}

/** Changes the object, which comes from the parser and is not used elsewhere yet. */
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
 * Returns the variants without default variants (`metadata.default`) and without flags that are not deployed
 * (`metadata.deployed` is `false`); the same object when there are none of these.
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

/** Keys such as `constructor` are ordinary flags, found only if the service sent them. */
function variantOf(variants: Variants, flagKey: string): Variant | undefined {
  return Object.hasOwn(Object(variants), flagKey) ? variants[flagKey] : undefined;
}
