/**
 * Predictions for contextual bandits: cached per user and rule, fetched once for concurrent callers, with a short
 * deadline.
 */
import type { CmabPrediction, CmabRequest, CmabSource } from '@sortition/core';
import { SdkError } from '@sortition/core/errors';
import { LightAbortController, limitTime, monotonicNow, randomUuid } from '@sortition/http';
import { type CmabSourceOptions, checkOptions } from './cmab-source-options.ts';
import { createPredictionCache } from './prediction-cache.ts';
import { requestPrediction } from './prediction-request.ts';

type Prediction = NonNullable<CmabPrediction>;

/** A prediction under way that other callers may join. */
interface Flight {
  readonly answer: Promise<Prediction>;
  readonly startedAt: number;
}

/** A request for a prediction and its deadline. */
interface Question {
  /** Cache key: user and rule. */
  readonly key: string;
  readonly attributes: string;
  /** Key of the whole request: user, rule and attributes. */
  readonly question: string;
  readonly leftMs: number;
}

/**
 * Creates the source of predictions.
 *
 * Concurrent callers with the same user, rule and attributes share one request, unless they ignore the cache. A caller
 * that joins waits for at most half of its time and then sends its own request in the time that is left, because on
 * edge runtimes a request ends together with the invocation that started it.
 *
 * @throws SdkError `invalid-option`
 * @example
 * const client = createClient({ config, cmab: createCmabSource() });
 * const decision = await client.createUserContext('ada').decideAsync('checkout');
 */
export function createCmabSource(options: CmabSourceOptions = {}): CmabSource {
  const settings = checkOptions(options);
  const { timeoutMs, randomId = randomUuid } = settings;
  const cache = createPredictionCache(settings.cacheSize, settings.cacheTimeoutMs);
  const flights = new Map<string, Flight>();
  const closing = new LightAbortController();

  async function predict(asked: CmabRequest): Promise<Prediction> {
    if (closing.signal.aborted) throw new SdkError('closed', 'The source of predictions is closed.');
    if (asked.signal?.aborted) throw new SdkError('aborted', 'A prediction was aborted by its caller.');
    const key = `${asked.userId.length}-${asked.userId}-${asked.ruleId}`;
    const attributes = JSON.stringify([...asked.attributes].sort(([one], [other]) => (one < other ? -1 : 1)));
    if (asked.cache === 'ignore') return fetchPrediction(asked, timeoutMs);
    if (asked.cache === 'reset') {
      cache.clear();
      flights.clear();
    } else if (asked.cache === 'invalidate-user') {
      cache.delete(key);
    }
    const known = cache.lookup(key, attributes);
    if (known !== undefined) return known;
    const question = `${key} ${attributes}`;
    const askedAt = monotonicNow();
    const flight = asked.cache === 'use' ? flights.get(question) : undefined;
    const joined = flight && (await join(flight, asked));
    if (joined !== undefined) return joined;
    const leftMs = Math.max(1, Math.ceil(askedAt + timeoutMs - monotonicNow()));
    return start(asked, { key, attributes, question, leftMs });
  }

  /**
   * Resolves to the other caller's result; `undefined` when it is not available soon enough. Rejects like the other
   * request.
   */
  async function join({ answer, startedAt }: Flight, { signal }: CmabRequest): Promise<Prediction | undefined> {
    const joinMs = Math.min(timeoutMs / 2, startedAt + timeoutMs - monotonicNow());
    if (joinMs <= 0) return undefined;
    let isSettled = false;
    const work = () =>
      answer.finally(() => {
        isSettled = true;
      });
    return limitTime({ timeoutMs: joinMs, signal, what: 'Waiting for a prediction under way' }, work).catch((error) => {
      if (isSettled || signal?.aborted) throw error;
      return undefined;
    });
  }

  /** The request continues when its caller gives up: other callers may wait for it, and its result is cached. */
  function start(asked: CmabRequest, { key, attributes, question, leftMs }: Question): Promise<Prediction> {
    const { signal, ...rest } = asked;
    const answer = fetchPrediction(rest, leftMs).then((prediction) => {
      // The result of a request from before a reset, or of one that was replaced, is not cached.
      if (flights.get(question) === flight) cache.save(key, attributes, prediction);
      return prediction;
    });
    const flight: Flight = { answer, startedAt: monotonicNow() };
    flights.set(question, flight);
    const land = (): void => {
      if (flights.get(question) === flight) flights.delete(question);
    };
    answer.then(land, land);
    return withSignal(answer, signal, leftMs);
  }

  function fetchPrediction({ signal, ...asked }: CmabRequest, leftMs: number): Promise<Prediction> {
    const fetching = requestPrediction({ ...settings, timeoutMs: leftMs }, asked, randomId(), closing.signal);
    return withSignal(fetching, signal, leftMs);
  }

  return {
    predict,
    attach(host) {
      const { unknown: message } = settings;
      if (message) host.problem({ code: 'unknown-option', part: 'cmab', message });
    },
    close() {
      closing.abort();
      flights.clear();
      cache.clear();
    },
  };
}

/** Lets a caller give up without ending work that others may wait for. */
function withSignal<T>(work: Promise<T>, signal: CmabRequest['signal'], timeoutMs: number): Promise<T> {
  return signal === undefined ? work : limitTime({ timeoutMs, signal, what: 'A prediction' }, () => work);
}
