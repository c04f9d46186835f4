/**
 * Answers the routes that take a body from plain parts of a request. A server with requests of its own kind, such as Node's, is
 * faster that way than by making a web `Request` and `Response` for each.
 */
import type { BodyRoute } from './body-routes.ts';
import type { Answer, RequestHeaders } from './exchange.ts';
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
  /** Never rejects. */
  answer(body: Uint8Array): Promise<Answer>;
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
  const find = (path: string): { readonly route: BodyRoute; readonly key: string } | null => {
    const route = fixed.get(path);
    if (route !== undefined) return { route, key: '' };
    for (const { prefix, route } of open) {
      if (!path.startsWith(prefix)) continue;
      const key = path.slice(prefix.length);
      if (KEY.test(key)) return { route, key };
    }
    return null;
  };
  return {
    begin(target, headers) {
      const mark = target.indexOf('?');
      const path = mark < 0 ? target : target.slice(0, mark);
      const search = mark < 0 ? '' : target.slice(mark + 1);
      const found = find(path);
      if (found === null || search.includes('#') || !(Number(headers.get('content-length')) <= maxBodyBytes))
        return null;
      const { route, key } = found;
      let project: ProjectOptions;
      try {
        guard(path, headers);
        project = route.projectOf(headers);
      } catch {
        return null;
      }
      if (underWay.enter() !== null) return null;
      const startedAt = performance.now();
      return {
        async answer(body) {
          try {
            let answer: Answer;
            try {
              answer = await route.answer(project, jsonObjectOf(body, headers), { key, search, headers });
            } catch (error) {
              answer = failed(error, path);
            }
            const { status } = answer;
            observe?.({ route: route.pattern, method: 'POST', status, durationMs: performance.now() - startedAt });
            return answer;
          } finally {
            underWay.leave();
          }
        },
        abandon: () => underWay.leave(),
      };
    },
  };
}
