/**
 * Handles the routes with a body from plain parts of a request. For servers with other request objects, such as Node's,
 * this is faster than creating a web `Request` and `Response` for each request.
 */
import { isThenable } from '@sortition/core/internal';
import type { BodyRoute } from './body-routes.ts';
import type { Answer, Asked, RequestHeaders } from './exchange.ts';
import type { Callbacks } from './guards/callbacks.ts';
import { jsonObjectOf } from './guards/json-body.ts';
import type { RequestsUnderWay } from './guards/requests-under-way.ts';
import type { ProjectOptions } from './server-options.ts';

/** Handles requests from their parts. */
export interface DirectAnswers {
  /**
   * Accepts a `POST` request before its body is read.
   *
   * @param target Path and query as sent.
   * @returns `null` when `fetch` must handle the request: it has all routes, and drains the bodies of refused requests.
   */
  begin(target: string, headers: RequestHeaders): DirectExchange | null;
}

/** An accepted request; it ends with one of the two calls. */
export interface DirectExchange {
  /** Never throws or rejects; returns a promise only if it has to wait. */
  answer(body: Uint8Array): Answer | Promise<Answer>;
  /** Call it when the client disconnected before its body was complete. */
  abandon(): void;
}

/** The parts that are shared with `fetch`. */
export interface DirectParts {
  readonly routes: readonly BodyRoute[];
  readonly underWay: RequestsUnderWay;
  readonly maxBodyBytes: number;
  readonly observe: Callbacks['observe'];
  /** @throws RequestError */
  guard(path: string, headers: RequestHeaders): void;
  /** Returns the response for an error. */
  failed(error: unknown, path: string): Answer;
}

/** Plain keys: without escapes and without dot segments. */
const KEY = /^\w[\w.$-]*$/;

/** Creates the handler for the routes of a server. */
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

  /** A class, because one is created per request: no closures. */
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
