/** Freezing what is shared. */

/** Freezes plain data at every depth, and returns it. Iterative, so that no nesting overflows the stack. */
export function deepFreeze<T>(root: T): T {
  const pending: unknown[] = [root];
  while (pending.length > 0) {
    const value = pending.pop();
    if (Object.isFrozen(value)) continue; // met before, or a primitive value
    Object.freeze(value);
    for (const child of Object.values(value as object)) pending.push(child);
  }
  return root;
}
