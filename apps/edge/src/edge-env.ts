/** What an edge platform hands to a worker besides the request. */

/** Bindings: plain texts, as platforms keep them. */
export interface EdgeEnv {
  readonly SDK_KEY: string;
  /** URL of datafiles with `%s` for the SDK key; the hosted service's when absent. */
  readonly DATAFILE_URL?: string;
  /** The event collector; the hosted service's when absent. */
  readonly EVENTS_URL?: string;
  /** Of the analytics project whose cookie has the visitor's id. */
  readonly ANALYTICS_KEY: string;
  /** Milliseconds after which a request looks for a newer datafile; 10,000 when absent. */
  readonly CONFIG_MAX_AGE_MS?: string;
}

/** Keeps a worker alive after its response. */
export interface EdgeContext {
  waitUntil(work: Promise<unknown>): void;
}
