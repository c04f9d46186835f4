/** Functions that work on user contexts as methods of a class of them. */
import type { LeanUserContext } from './lean-user-context.ts';

/** Any function whose first argument is a context. */
type ContextFunction = (context: never, ...given: never[]) => unknown;

/**
 * Returns a class that has a method for each function, by the name it has here: `explain(context, key)` becomes
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
