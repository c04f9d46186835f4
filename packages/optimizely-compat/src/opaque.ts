/** Parts that an application only hands on; their content is private to this package. */

/** A kind of part with its own key. */
export interface Opaque<Inside, Part extends object> {
  wrap(inside: Inside): Part;
  /** `undefined` when it is not such a part. */
  open(part: Part | undefined): Inside | undefined;
}

/** @param name Registered, so that parts of one copy of this package fit the clients of another. */
export function createOpaque<Inside, Part extends object>(name: string): Opaque<Inside, Part> {
  const key = Symbol.for(`sortition.compat.${name}`);
  return {
    wrap: (inside) => ({ [key]: inside }) as unknown as Part,
    open: (part) =>
      typeof part === 'object' && part !== null ? (part as unknown as Record<symbol, Inside>)[key] : undefined,
  };
}
