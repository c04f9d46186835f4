/** Objects of callers that may be missing, or throw when they are looked at. */

/** Reads fields, each once; those of an object that cannot be read are absent. */
export function readFields<T extends object, K extends keyof T>(
  from: T | null | undefined,
  ...names: readonly K[]
): Partial<Pick<T, K>> {
  try {
    const fields: Partial<Pick<T, K>> = {};
    for (const name of names) {
      const value = from?.[name];
      if (value !== undefined) fields[name] = value;
    }
    return fields;
  } catch {
    return {}; // a getter or a proxy that throws
  }
}
