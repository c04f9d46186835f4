/** Types that only older applications name. */

/** A request with events. */
export interface Event {
  url: string;
  httpVerb: 'POST';
  params: unknown;
}

/** How a datafile is fetched. */
export interface DatafileOptions {
  autoUpdate?: boolean;
  updateInterval?: number;
  urlTemplate?: string;
  datafileAccessToken?: string;
}
