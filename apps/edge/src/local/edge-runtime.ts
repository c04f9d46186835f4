/** An edge runtime in this process: the worker's script in a realm of its own that has the web's APIs and none of Node's. */
import { EdgeVM } from '@edge-runtime/vm';
import type { EdgeEnv } from '../edge-env.ts';

/** A worker that runs. */
export interface RunningWorker {
  /** Hands a request over and resolves its response. */
  fetch(request: Request): Promise<Response>;
  /** What `waitUntil` was handed and is not done yet. */
  settle(): Promise<void>;
}

/** A request or a response as it crosses between realms: their classes do not. */
interface Message {
  readonly headers: [string, string][];
  readonly body: string | null;
}

type Dispatch = (
  request: Message & { readonly url: string; readonly method: string },
  env: EdgeEnv,
  waitUntil: (work: Promise<unknown>) => void,
) => Promise<Message & { readonly status: number }>;

// The realm brings `process` along for some libraries' sake; workers on other platforms have none.
const SETUP = `
globalThis.process = undefined;
globalThis.Buffer = undefined;
globalThis.dispatch = async ({ url, method, headers, body }, env, waitUntil) => {
  const response = await worker.default.fetch(new Request(url, { method, headers, body }), env, {
    waitUntil,
    passThroughOnException() {},
  });
  const text = response.body === null ? null : await response.text();
  return { status: response.status, headers: [...response.headers], body: text };
};`;

/** Starts a worker. @param script Defines a global `worker` with the handler as its default export. */
export function runWorker(script: string, env: EdgeEnv): RunningWorker {
  const vm = new EdgeVM({ initialCode: SETUP });
  vm.evaluate(script);
  const dispatch = vm.evaluate<Dispatch>('dispatch');
  const work = new Set<Promise<unknown>>();
  return {
    async fetch(request) {
      const { url, method, headers } = request;
      const hasBody = method !== 'GET' && method !== 'HEAD';
      const body = hasBody ? await request.text() : null;
      const answer = await dispatch({ url, method, headers: [...headers], body }, env, (given) => {
        const settled = Promise.resolve(given).finally(() => work.delete(settled));
        work.add(settled);
      });
      return new Response(answer.body, { status: answer.status, headers: answer.headers });
    },
    async settle() {
      while (work.size > 0) await Promise.all(work);
    },
  };
}
