/** The contestants: our client and the official one on the same datafile, both without events and without logging. */
import { createInstance, createStaticProjectConfigManager } from '@optimizely/optimizely-sdk';
import { createClient, createStaticConfig } from 'sortition';

/** @param {string} datafile */
export function ours(datafile) {
  return createClient({ config: createStaticConfig({ datafile }), events: null, logger: false });
}

/** @param {string} datafile */
export function official(datafile) {
  return createInstance({ projectConfigManager: createStaticProjectConfigManager({ datafile }) });
}
