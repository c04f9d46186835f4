/** Mistakes in the datafile of a client. */
import type { Problem } from '@sortition/core';
import { clientOf } from '../client-internals.ts';

/**
 * Resolves to everything that was left out of the current datafile, one problem per kind; empty before there is a
 * config, and for a source that does not report problems. Never rejects for a client.
 *
 * @throws SdkError `invalid-option`, as a rejection, when `client` is not a client
 */
export async function checkDatafile(client: object): Promise<readonly Problem[]> {
  const { problems, source } = clientOf(client);
  const found: unknown = problems.guard('config', 'problems', () => source.problems?.());
  return Array.isArray(found) ? [...found] : [];
}
