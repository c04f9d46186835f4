/**
 * Readers for the options of factories: plain functions, so that a bundle holds only those that are called.
 *
 * Each reads one option once and returns its value, or the default when the option is absent (`undefined`). An invalid
 * value, or a container that cannot be read, throws an `SdkError` with the code `invalid-option`; nothing else is
 * thrown. Messages quote numbers only: a text in the wrong place may be a key or a token.
 */
import { SdkError } from './errors.ts';

/** Name of an option that a container may have. */
type Name<Options extends object> = keyof Options & string;

/** The range of a number; both ends are allowed. */
export interface Bounds {
  readonly min: number;
  readonly max?: number | undefined;
}

/**
 * Checks that the options are an object that is not an array.
 *
 * @param owner Name of the factory or call the options belong to, for the message.
 * @param example Completes "such as …" in the message.
 * @throws SdkError `invalid-option`
 */
export function checkOptionsObject(owner: string, options: unknown, example?: string): asserts options is object {
  if (isPlainContainer(options)) return;
  const such = example === undefined ? '' : ` such as ${example}`;
  throw new SdkError('invalid-option', `${owner} takes an object with options${such}, got ${describeValue(options)}.`);
}

/** Reads an option of any type. @throws SdkError `invalid-option` when the container refuses to be read. */
export function readOption<Options extends object, Key extends Name<Options>>(
  owner: string,
  options: Options,
  name: Key,
): Options[Key] | undefined {
  try {
    return options[name];
  } catch (cause) {
    throw new SdkError('invalid-option', `The option "${name}" of ${owner} cannot be read.`, { cause });
  }
}

/**
 * Reads an option: its value when it is valid, `otherwise` when it is absent.
 *
 * @param expected Completes "must be …" in the message.
 * @throws SdkError `invalid-option`
 */
function read<T>(
  owner: string,
  options: object,
  name: string,
  otherwise: T,
  expected: string,
  fits: (value: unknown) => boolean,
): T {
  const value: unknown = readOption(owner, options, name as never);
  if (value === undefined) return otherwise;
  if (fits(value)) return value as T;
  throw invalidOption(owner, name, expected, value);
}

/** Reads an integer. @throws SdkError `invalid-option` */
export function readInteger<Options extends object>(
  owner: string,
  options: Options,
  name: Name<Options>,
  otherwise: number,
  { min, max = Number.MAX_SAFE_INTEGER }: Bounds = { min: 1 },
): number {
  const fits = (value: unknown): boolean => Number.isInteger(value) && isWithin(value, min, max);
  return read(owner, options, name, otherwise, `an integer ${boundsText(min, max)}`, fits);
}

/** Reads a number; `Infinity` only where `max` is. @throws SdkError `invalid-option` */
export function readNumber<Options extends object>(
  owner: string,
  options: Options,
  name: Name<Options>,
  otherwise: number,
  { min, max = Number.MAX_VALUE }: Bounds = { min: 0 },
): number {
  const fits = (value: unknown): boolean => typeof value === 'number' && isWithin(value, min, max);
  return read(owner, options, name, otherwise, `a number ${boundsText(min, max)}`, fits);
}

function isWithin(value: unknown, min: number, max: number): boolean {
  return (value as number) >= min && (value as number) <= max;
}

/** Reads `true` or `false`. @throws SdkError `invalid-option` */
export function readBoolean<Options extends object>(
  owner: string,
  options: Options,
  name: Name<Options>,
  otherwise: boolean,
): boolean {
  return read(owner, options, name, otherwise, 'true or false', (value) => typeof value === 'boolean');
}

/** Reads a string that is not empty. @throws SdkError `invalid-option` */
export function readString<Options extends object, Otherwise extends string | undefined>(
  owner: string,
  options: Options,
  name: Name<Options>,
  otherwise: Otherwise,
): string | Otherwise {
  const fits = (value: unknown): boolean => typeof value === 'string' && value !== '';
  return read<string | Otherwise>(owner, options, name, otherwise, 'a string that is not empty', fits);
}

/** Reads one of a few words. @throws SdkError `invalid-option` */
export function readChoice<Options extends object, Choice extends string>(
  owner: string,
  options: Options,
  name: Name<Options>,
  otherwise: Choice,
  choices: readonly Choice[],
): Choice {
  const expected = choices.map((choice) => `"${choice}"`).join(' or ');
  return read(owner, options, name, otherwise, expected, (value) => choices.includes(value as Choice));
}

/**
 * Reads a function, or `undefined` when it is absent.
 *
 * @param expected Completes "must be …" in the message: where the function comes from.
 * @throws SdkError `invalid-option`
 */
export function readFunction<Options extends object, Key extends Name<Options>>(
  owner: string,
  options: Options,
  name: Key,
  expected = 'a function',
): Options[Key] | undefined {
  return read(owner, options, name, undefined, expected, (value) => typeof value === 'function');
}

/** Reads an object that is not an array, or `undefined` when it is absent. @throws SdkError `invalid-option` */
export function readObject<Options extends object, Key extends Name<Options>>(
  owner: string,
  options: Options,
  name: Key,
  expected = 'an object',
): Options[Key] | undefined {
  return read(owner, options, name, undefined, expected, isPlainContainer);
}

/**
 * Reads an object or a function that has all of these methods, or `undefined` when the option is absent.
 *
 * @param expected Completes "must be …" in the message, such as "an event sink with the method record".
 * @throws SdkError `invalid-option`
 */
export function readMethods<Options extends object, Key extends Name<Options>>(
  owner: string,
  options: Options,
  name: Key,
  methods: readonly string[],
  expected: string,
): Options[Key] | undefined {
  return read(owner, options, name, undefined, expected, (value) => hasMethods(value, methods));
}

/** Returns whether a value has all of these methods. Never throws. */
export function hasMethods(value: unknown, methods: readonly string[]): boolean {
  try {
    return value != null && methods.every((method) => typeof (value as Record<string, unknown>)[method] === 'function');
  } catch {
    return false; // a getter or a proxy that throws
  }
}

/** Checks an option that may be absent. @throws SdkError `invalid-option` */
export function checkOption<Options extends object>(
  owner: string,
  options: Options,
  name: Name<Options>,
  expected: string,
  isValid: (value: unknown) => boolean,
): void {
  read(owner, options, name, undefined, expected, isValid);
}

/** Returns the error for an option with an invalid value. */
export function invalidOption(owner: string, name: string, expected: string, got: unknown): SdkError {
  return new SdkError(
    'invalid-option',
    `The option "${name}" of ${owner} must be ${expected}, got ${describeValue(got)}.`,
  );
}

/** Names a value by its type; only numbers are quoted. Never throws. */
export function describeValue(value: unknown): string {
  if (value == null || typeof value === 'number') return String(value);
  if (value === '') return 'an empty string';
  if (isArray(value)) return 'an array';
  return `${typeof value === 'object' ? 'an' : 'a'} ${typeof value}`;
}

function isPlainContainer(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !isArray(value);
}

/** `Array.isArray` throws on a revoked proxy. A `try` of its own: bundles with nothing but option readers need no `tryPart`. */
function isArray(value: unknown): boolean {
  try {
    return Array.isArray(value);
  } catch {
    return false;
  }
}

function boundsText(min: number, max: number): string {
  const from = min === Number.MIN_VALUE ? 'above 0' : `from ${min}`;
  return max < Number.MAX_SAFE_INTEGER ? `${from} to ${max}` : from;
}
