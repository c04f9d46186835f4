/** Options that the providers for servers and for browsers share. */
import { clientOf } from '@sortition/client/internal';
import { checkOptionsObject, listUnknownOptions, readBoolean, readChoice, readNumber } from '@sortition/core/internal';
import type { Client } from 'sortition';

/** Options of a provider. */
export interface ProviderOptions {
  /**
   * Follows the convention of the vendor's other providers: a boolean request for a flag with several variables is a
   * `TYPE_MISMATCH`. Otherwise (the default) its value is whether the flag is enabled, with a hint in the log once.
   */
  readonly strict?: boolean | undefined;
  /** `evaluation` (the default) sends the impression of each evaluation; `none` holds it back for `trackExposure`. */
  readonly impressions?: 'evaluation' | 'none' | undefined;
  /** Whether closing the provider closes the client; by default it is only flushed. */
  readonly ownsClient?: boolean | undefined;
  /** For how long fetching the datafile may fail before the provider is stale, in milliseconds; 900,000 by default. */
  readonly staleAfterMs?: number | undefined;
}

/** The options with their defaults. */
export interface ProviderSettings {
  readonly isStrict: boolean;
  readonly sendsImpressions: boolean;
  readonly ownsClient: boolean;
  readonly staleAfterMs: number;
}

const OPTIONS = ['strict', 'impressions', 'ownsClient', 'staleAfterMs'];

/**
 * Reads the options; unknown ones are a problem of the client.
 *
 * @param owner Name of the factory, for messages.
 * @throws SdkError `invalid-option`
 */
export function readProviderOptions(owner: string, client: Client, options: ProviderOptions = {}): ProviderSettings {
  checkOptionsObject(owner, options, '{ strict: true }');
  const settings = {
    isStrict: readBoolean(owner, options, 'strict', false),
    sendsImpressions: readChoice(owner, options, 'impressions', 'evaluation', ['evaluation', 'none']) === 'evaluation',
    ownsClient: readBoolean(owner, options, 'ownsClient', false),
    staleAfterMs: readNumber(owner, options, 'staleAfterMs', 900_000, { min: Number.MIN_VALUE, max: Infinity }),
  };
  const message = listUnknownOptions(owner, options, OPTIONS);
  if (message !== undefined)
    clientOf(client).problems.reportFirst({ code: 'unknown-option', part: 'client', message }, message);
  return settings;
}
