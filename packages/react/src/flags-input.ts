/** What a provider is given. */
import type { FlagsClient, FlagsUserInput } from './flags-client.ts';
import type { PageSnapshot } from './page-snapshot.ts';

/** See the file. */
export interface FlagsInput {
  readonly client?: FlagsClient | null | undefined;
  readonly snapshot?: PageSnapshot | null | undefined;
  readonly user?: FlagsUserInput | null | undefined;
  /** How long a client is waited for, ms. */
  readonly timeoutMs: number;
}
