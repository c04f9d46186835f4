/** What is wrong with the datafile a client decides with. */
import type { Problem } from '@sortition/core';
import { clientOf } from '../client-internals.ts';

/**
 * Resolves everything that was left out of the current datafile, one problem per kind; empty before there is a config, and
 * for a source that does not tell. Never rejects for a client.
 *
 * @throws SdkError `invalid-option`, as a rejection, when `client` is not a client
 */
export async function checkDatafile(client: object): Promise<readonly Problem[]> {
  const { problems, source } = clientOf(client);
  const found: unknown = problems.guard('config', 'problems', () => source.problems?.());
  return Array.isArray(found) ? [...found] : [];
}
