/** Copies of variable values, so that an application may change them. */

/** Copies values at every depth; the originals are frozen and shared by all decisions with a variation. */
export function copyVariables(variables: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const copy: Record<string, unknown> = { ...variables };
  for (const key of Object.keys(copy)) {
    const value = copy[key];
    if (typeof value === 'object' && value !== null) copy[key] = copyJson(value);
  }
  return copy;
}

/** Copies a value that came from JSON. */
export function copyJson(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? JSON.parse(JSON.stringify(value)) : value;
}
