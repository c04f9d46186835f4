/** The ODP part in pages. */
import type { Odp } from '@sortition/core';
import { createOdpOver } from '../odp.ts';
import type { OdpOptions } from '../odp-options.ts';
import { postGraphql } from './post-graphql.ts';

/** The same as `createOdp` of the main entry; see there. */
export function createOdp(options: OdpOptions = {}): Odp {
  return createOdpOver(postGraphql, options);
}
