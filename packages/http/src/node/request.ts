/** `request` and `requestOnce` in Node, with the transport of the process unless the options have a `fetch`. */
import {
  type HttpRequest,
  type HttpStatusRequest,
  request as requestOver,
  requestStatus as requestStatusOver,
} from '../request.ts';
import { type HttpExchange, requestOnce as requestOnceOver } from '../request-once.ts';
import type { HttpResponse } from '../response.ts';
import { platformFetch } from './platform-fetch.ts';

/** The same as `request` of the main entry; see there. */
export async function request(options: HttpRequest): Promise<HttpResponse> {
  return requestOver({ ...options, fetch: options.fetch ?? (await platformFetch()) });
}

/** The same as `requestStatus` of the main entry; see there. */
export async function requestStatus(options: HttpStatusRequest): Promise<HttpResponse> {
  return requestStatusOver({ ...options, fetch: options.fetch ?? (await platformFetch()) });
}

/** The same as `requestOnce` of the main entry; see there. */
export async function requestOnce(options: HttpExchange, what: string): Promise<HttpResponse> {
  return requestOnceOver({ ...options, fetch: options.fetch ?? (await platformFetch()) }, what);
}
