/** The ODP part. In pages another `run-graphql.ts` takes the place of the one beside this file. */
import type { Odp } from '@sortition/core';
import { createOdpOver } from './odp.ts';
import type { OdpOptions } from './odp-options.ts';
import { runGraphql } from './run-graphql.ts';

/**
 * Creates the part that fetches segments and sends ODP events. Host, API key and the segments to check come from the
 * datafile; nothing is sent before a client has passed them on.
 *
 * @throws SdkError `invalid-option`.
 * @example
 * const client = createClient({ config, odp: createOdp({ segmentsTimeoutMs: 2_000 }) });
 * const user = client.createUserContext('ada');
 * await user.fetchQualifiedSegments();
 */
export function createOdp(options: OdpOptions = {}): Odp {
  return createOdpOver(runGraphql, options);
}
