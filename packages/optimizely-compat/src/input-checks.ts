/** What calls of the older API are given, checked as the official SDK checks it. */

/** A named argument of a call. */
export type InputName = 'user_id' | 'experiment_key' | 'feature_key' | 'variable_key' | 'event_key' | 'variation_key';

/** Returns why the arguments of a call cannot be used; `undefined` when they can. */
export function refuseInputs(
  inputs: Partial<Record<InputName, unknown>>,
  attributes?: unknown,
  eventTags?: unknown,
): Error | undefined {
  for (const [name, value] of Object.entries(inputs)) {
    const fits = typeof value === 'string' && (name === 'user_id' ? value !== 'undefined' : value !== '');
    if (!fits) return new Error(`Provided ${name} is in an invalid format.`);
  }
  if (attributes && !isPlainObject(attributes)) return new Error('Provided attributes are in an invalid format.');
  for (const [key, value] of Object.entries(attributes ?? {}))
    if (value === undefined) return new Error(`Provided attribute: ${key} has an undefined value.`);
  if (eventTags && !isPlainObject(eventTags)) return new Error('Provided event tags are in an invalid format.');
  return undefined;
}

function isPlainObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
