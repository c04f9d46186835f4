/** The state of a client's config, for code that follows it. */
import type { ProjectConfig } from '@sortition/core';
import { clientOf } from '../client-internals.ts';

/**
 * Returns the config of a client; `null` before the first.
 *
 * @throws SdkError `invalid-option` when `client` is not a client
 */
export function projectConfig(client: object): ProjectConfig | null {
  return clientOf(client).state.config;
}

/**
 * Returns for how long fetching a newer config has failed, in milliseconds; 0 when the last attempt worked, and for
 * sources that do not fetch.
 *
 * @throws SdkError `invalid-option` when `client` is not a client
 */
export function configFailingMs(client: object): number {
  const { source, problems } = clientOf(client);
  return problems.guard('config', 'failingMs', () => source.failingMs?.()) ?? 0;
}
