/** Options that the providers for servers and for browsers share. */
import { clientOf } from '@sortition/client/internal';
import { checkOptionsObject, listUnknownOptions, readBoolean, readChoice, readNumber } from '@sortition/core/internal';
import type { Client } from 'sortition';

/** How a provider behaves. */
export interface ProviderOptions {
  /**
   * Keep to the convention of the vendor's other providers: a boolean asked of a flag with several variables is a
   * `TYPE_MISMATCH`. Otherwise (the default) it answers whether the flag is enabled, and says so once in the log.
   */
  readonly strict?: boolean | undefined;
  /** `evaluation` (the default) sends an impression with each evaluation that is due one; `none` holds them back for `trackExposure`. */
  readonly impressions?: 'evaluation' | 'none' | undefined;
  /** Close the client when the provider is closed. Unless given, the client is borrowed and only flushed. */
  readonly ownsClient?: boolean | undefined;
  /** For how long fetching the datafile may fail before the provider is stale, in milliseconds; 900,000 unless given. */
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
 * Reads the options; those that do not exist are a problem of the client.
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
