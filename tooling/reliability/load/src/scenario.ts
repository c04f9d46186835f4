/** What a scenario is: a load, what the other end does meanwhile, and what may come of it. */

/** What is put under load. */
export type Kind =
  | 'events'
  | 'odp-events'
  | 'segments'
  | 'polling'
  /** These run in real time; the others in fast motion. */
  | 'sockets'
  | 'odp-sockets'
  | 'restarts'
  | 'profiles';

/** How some of the requests fail. */
export interface Failure {
  /** Of all requests, 0 to 1. */
  readonly share: number;
  /**
   * A status; `reset`: the connection ends before the request is read; `lost`: the request is worked on and its answer does not
   * arrive; `page`: status 200 with a page in HTML.
   */
  readonly answer: number | 'reset' | 'lost' | 'page';
}

/** What the other end does. Nothing of it unless given. */
export interface Trouble {
  readonly failures?: readonly Failure[];
  /** Every so many events one is never taken: a request that holds it is answered `poisonStatus` (500). */
  readonly poisonEach?: number;
  readonly poisonStatus?: number;
  /** Requests above it are answered `limitStatus` (413). */
  readonly maxEvents?: number;
  readonly maxBytes?: number;
  readonly limitStatus?: number;
  /** How fast request bodies are read, all requests together. */
  readonly bytesPerSecond?: number;
  /** From and to, in seconds from the start: nothing is accepted. */
  readonly down?: readonly (readonly [from: number, to: number])[];
  /** What is answered while down; no answer at all, as a closed port gives, unless given. */
  readonly downAnswer?: Failure['answer'];
}

/** See the file. Times are those of the scenario, which may run in fast motion. */
export interface Scenario {
  readonly kind: Kind;
  /** Unique in its kind. */
  readonly name: string;
  /** Part of the short form, and for how many seconds there: as long as in the whole when `true`. */
  readonly isShort?: boolean | number;
  /** Recorded in one second; in the first second only when `seconds` is 0: a burst. */
  readonly perSecond: number;
  readonly seconds: number;
  readonly roundTripMs: number;
  readonly trouble?: Trouble;
  /** With a file store. */
  readonly hasStore?: boolean;
  /** How long after the load everything has to be settled, in seconds; 60 unless given. */
  readonly settleSeconds?: number;
  /** Events that are not taken and so may be dropped, by reason; none unless given. `Infinity`: any number, if it adds up. */
  readonly mayDrop?: Readonly<Record<string, number>>;
}

/** What a run came to. Counts of what arrived are those of the other end. */
export interface Outcome {
  readonly recorded: number;
  /** Distinct. */
  readonly arrived: number;
  /** Arrivals after the first of the same event. */
  readonly twice: number;
  readonly dropped: Readonly<Record<string, number>>;
  /** Neither arrived nor dropped, by the counters of the sink. */
  readonly pending: number;
  /** From the end of the load until nothing was pending, in seconds; `null`: it never happened. */
  readonly settledAfter: number | null;
  /** How often the most frequent problem was told, and its code. */
  readonly told: readonly [code: string, times: number];
  readonly requests: number;
  /** Largest heap after a collection above that at the start, in MB; of the largest process where there are several. */
  readonly heapMb: number;
  /** Processor time of the run, with the other end where it runs in the same process, in ms; of all processes together. */
  readonly cpuMs: number;
  /** What else has to hold and does not, as sentences. */
  readonly broken?: readonly string[];
}
