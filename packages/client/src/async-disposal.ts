/**
 * `await using` for those whose compiler knows it. The method is typed only where the application's own libraries have the
 * symbol: a reference to it would break the declarations for everybody else.
 */

/** Empty without `lib.esnext.disposable`. */
export type AsyncDisposal = SymbolConstructor extends { readonly asyncDispose: infer S extends symbol }
  ? { readonly [K in S]: () => Promise<void> }
  : Record<never, never>;
