/** What a provider is given. */
import type { FlagsClient, FlagsUserInput } from './flags-client.ts';
import type { PageSnapshot } from './page-snapshot.ts';

/** See the file. */
export interface FlagsInput {
  /** Decides in the browser; may come later. Its owner closes it. */
  readonly client?: FlagsClient | null | undefined;
  /** Decisions of the server, shown by the first render and until the client is ready. */
  readonly snapshot?: PageSnapshot | null | undefined;
  /** Whom the client decides for. Compared by value: a new object with the same content changes nothing. */
  readonly user?: FlagsUserInput | null | undefined;
  /** How long the client is waited for, ms; 5,000 unless given. After that its decisions have `status: 'failed'`, until it is ready after all. */
  readonly timeoutMs?: number | undefined;
}
