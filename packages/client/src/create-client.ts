/** Creates clients of parts. */
import type { Reason } from '@sortition/core';
import { composeClient } from './compose-client.ts';
import type { LeanClient } from './lean-client.ts';
import { LEAN_RULES, type LeanOptions } from './lean-options.ts';
import { LeanUserContext } from './lean-user-context.ts';
import type { AnyFlags, FlagMap } from './typed-flags.ts';

/**
 * Creates a client of parts.
 *
 * @typeParam F The flags of the project, to have keys, variations and variables checked.
 * @typeParam R The type of reasons: `Reason`, or `string` with the part `reasonTexts`.
 * @throws SdkError `invalid-option` when an option does not have the shape it must have.
 * @example
 * const client = createClient({ config: createStaticConfig({ datafile }), parts: [recordTo(createBatchEvents())] });
 * const decision = client.createUserContext('ada', { plan: 'pro' }).decide('checkout');
 */
export function createClient<F extends FlagMap<F> = AnyFlags, R = Reason>(
  options: LeanOptions<R>,
): LeanClient<F, [R] extends [never] ? Reason : R>;
/**
 * Creates a client with the part `reasonTexts`; only the flags have to be given: `createClient<ShopFlags>({ config,
 * parts: [reasonTexts] })`.
 *
 * @typeParam F The flags of the project, to have keys, variations and variables checked.
 * @throws SdkError `invalid-option` when an option does not have the shape it must have.
 */
export function createClient<F extends FlagMap<F>>(options: LeanOptions<string>): LeanClient<F, string>;
// The first overload again, because `ReturnType<typeof createClient>` and compiler messages use the last one.
export function createClient<F extends FlagMap<F> = AnyFlags, R = Reason>(
  options: LeanOptions<R>,
): LeanClient<F, [R] extends [never] ? Reason : R>;
export function createClient(options: LeanOptions): unknown {
  return composeClient(options, { rules: LEAN_RULES, bring: () => [], UserContext: LeanUserContext });
}
