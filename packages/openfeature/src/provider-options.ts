/** Options that the providers for servers and for browsers share. */
import { SdkError } from 'sortition';

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

/** Reads the options. @throws SdkError `invalid-option` */
export function readProviderOptions(options: ProviderOptions | undefined): ProviderSettings {
  if (options !== undefined && (typeof options !== 'object' || options === null)) {
    throw invalid(
      'The options of a provider are not an object; expected { strict?, impressions?, ownsClient?, staleAfterMs? }.',
    );
  }
  const { strict = false, impressions = 'evaluation', ownsClient = false, staleAfterMs = 900_000 } = options ?? {};
  if (typeof strict !== 'boolean') throw invalid('The option "strict" is not a boolean.');
  if (typeof ownsClient !== 'boolean') throw invalid('The option "ownsClient" is not a boolean.');
  if (impressions !== 'evaluation' && impressions !== 'none') {
    throw invalid('The option "impressions" is neither "evaluation" nor "none".');
  }
  if (typeof staleAfterMs !== 'number' || !(staleAfterMs > 0)) {
    throw invalid('The option "staleAfterMs" is not a positive number of milliseconds.');
  }
  return { isStrict: strict, sendsImpressions: impressions === 'evaluation', ownsClient, staleAfterMs };
}

function invalid(message: string): SdkError {
  return new SdkError('invalid-option', message);
}
