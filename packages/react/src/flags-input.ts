/** The input of a provider. */
import type { FlagsClient, FlagsUserInput } from './flags-client.ts';
import type { PageSnapshot } from './page-snapshot.ts';

/** The input of a provider. */
export interface FlagsInput {
  /** Decides in the browser; may be set later. The application closes it. */
  readonly client?: FlagsClient | null | undefined;
  /** Decisions of the server, shown by the first render and until the client is ready. */
  readonly snapshot?: PageSnapshot | null | undefined;
  /** The user of the client's decisions. Compared by value: a new object with the same content changes nothing. */
  readonly user?: FlagsUserInput | null | undefined;
  /**
   * How long to wait for the client, ms; 5,000 by default. After that its decisions have `status: 'failed'` until it is
   * ready.
   */
  readonly timeoutMs?: number | undefined;
}
