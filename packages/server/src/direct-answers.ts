/**
 * Answers the routes that take a body from plain parts of a request. A server with requests of its own kind, such as Node's, is
 * faster that way than by making a web `Request` and `Response` for each.
 */
import { isThenable } from '@sortition/core/internal';
import type { BodyRoute } from './body-routes.ts';
import type { Answer, Asked, RequestHeaders } from './exchange.ts';
import type { Callbacks } from './guards/callbacks.ts';
import { jsonObjectOf } from './guards/json-body.ts';
import type { RequestsUnderWay } from './guards/requests-under-way.ts';
import type { ProjectOptions } from './server-options.ts';

/** Answers requests by their parts. */
export interface DirectAnswers {
  /**
   * Takes a `POST` request on before its body is read.
   *
   * @param target Path and query as they were sent.
   * @returns `null` when `fetch` is to answer the request: it knows all routes, and drains bodies that are refused unread.
   */
  begin(target: string, headers: RequestHeaders): DirectExchange | null;
}

/** One request that was taken on; ends with one of the two calls. */
export interface DirectExchange {
  /** Never throws or rejects; a promise only where something has to be waited for. */
  answer(body: Uint8Array): Answer | Promise<Answer>;
  /** The client went away before its body was whole. */
  abandon(): void;
}

/** What direct answers share with `fetch`. */
export interface DirectParts {
  readonly routes: readonly BodyRoute[];
  readonly underWay: RequestsUnderWay;
  readonly maxBodyBytes: number;
  readonly observe: Callbacks['observe'];
  /** @throws RequestError */
  guard(path: string, headers: RequestHeaders): void;
  /** What is answered when something was thrown. */
  failed(error: unknown, path: string): Answer;
}

/** Plain keys: without escapes, and none that an address would be resolved by. */
const KEY = /^\w[\w.$-]*$/;

/** Creates them over the routes of a server. */
export function createDirectAnswers(parts: DirectParts): DirectAnswers {
  const { routes, underWay, maxBodyBytes, observe, guard, failed } = parts;
  const fixed = new Map<string, BodyRoute>();
  const open: { readonly prefix: string; readonly route: BodyRoute }[] = [];
  for (const route of routes) {
    if (route.pattern.endsWith('{key}')) open.push({ prefix: route.pattern.slice(0, -'{key}'.length), route });
    else fixed.set(route.pattern, route);
  }
  /** Finds the route of a path. */
  const find = (path: string): FoundRoute | null => {
    const route = fixed.get(path);
    if (route !== undefined) return { route, key: '' };
    for (const { prefix, route } of open) {
      if (!path.startsWith(prefix)) continue;
      const key = path.slice(prefix.length);
      if (KEY.test(key)) return { route, key };
    }
    return null;
  };

  /** A class because one is made per request: no closures. */
  class Exchange implements DirectExchange, Asked {
    readonly key: string;
    readonly search: string;
    readonly headers: RequestHeaders;
    readonly #route: BodyRoute;
    readonly #project: ProjectOptions;
    readonly #path: string;
    readonly #startedAt = performance.now();

    constructor(found: FoundRoute, project: ProjectOptions, path: string, search: string, headers: RequestHeaders) {
      this.key = found.key;
      this.search = search;
      this.headers = headers;
      this.#route = found.route;
      this.#project = project;
      this.#path = path;
    }

    answer(body: Uint8Array): Answer | Promise<Answer> {
      try {
        const answer = this.#route.answer(this.#project, jsonObjectOf(body, this.headers), this);
        if (!isThenable(answer)) return this.#end(answer);
        return answer.catch((error: unknown) => failed(error, this.#path)).then((later) => this.#end(later));
      } catch (error) {
        return this.#end(failed(error, this.#path));
      }
    }

    abandon(): void {
      underWay.leave();
    }

    #end(answer: Answer): Answer {
      underWay.leave();
      const { status } = answer;
      const durationMs = performance.now() - this.#startedAt;
      observe?.({ route: this.#route.pattern, method: 'POST', status, durationMs });
      return answer;
    }
  }

  return {
    begin(target, headers) {
      const mark = target.indexOf('?');
      const path = mark < 0 ? target : target.slice(0, mark);
      const search = mark < 0 ? '' : target.slice(mark + 1);
      const found = find(path);
      if (found === null || search.includes('#') || !(Number(headers.get('content-length')) <= maxBodyBytes))
        return null;
      let project: ProjectOptions;
      try {
        guard(path, headers);
        project = found.route.projectOf(headers);
      } catch {
        return null;
      }
      return underWay.enter() === null ? new Exchange(found, project, path, search, headers) : null;
    },
  };
}

interface FoundRoute {
  readonly route: BodyRoute;
  readonly key: string;
}
