/** Adds functions that take a user context as methods to a class. */
import type { LeanUserContext } from './lean-user-context.ts';

/** Any function whose first argument is a context. */
type ContextFunction = (context: never, ...given: never[]) => unknown;

/**
 * Returns a subclass with a method for each function, under the same name: `explain(context, key)` becomes
 * `context.explain(key)`.
 */
export function withMethods(
  Base: typeof LeanUserContext,
  functions: Readonly<Record<string, ContextFunction>>,
): typeof LeanUserContext {
  class Extended extends Base {}
  for (const [name, call] of Object.entries(functions)) {
    Object.defineProperty(Extended.prototype, name, {
      configurable: true,
      writable: true,
      value(this: never, ...given: never[]) {
        return call(this, ...given);
      },
    });
  }
  return Extended;
}
