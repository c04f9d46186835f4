/** Parts that an application only passes through; their content is private to this package. */

/** A kind of part with its own key. */
export interface Opaque<Inside, Part extends object> {
  wrap(inside: Inside): Part;
  /** Returns the content; `undefined` when the value is not such a part. */
  open(part: Part | undefined): Inside | undefined;
}

/** @param name The key of a registered symbol, so that parts work between two copies of this package. */
export function createOpaque<Inside, Part extends object>(name: string): Opaque<Inside, Part> {
  const key = Symbol.for(`sortition.compat.${name}`);
  return {
    wrap: (inside) => ({ [key]: inside }) as unknown as Part,
    open: (part) =>
      typeof part === 'object' && part !== null ? (part as unknown as Record<symbol, Inside>)[key] : undefined,
  };
}
