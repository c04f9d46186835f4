/** Where events go: the datafile names a region, never a host. */

const US = 'https://logx.optimizely.com/v1/events';
const EU = 'https://eu.logx.optimizely.com/v1/events';

/** The endpoint of a region; the United States for any it does not know. */
export function endpointOf(region: string): string {
  return region.toUpperCase() === 'EU' ? EU : US;
}
