/** The main entry for Node: the same exports, with a transport that frameworks do not wrap. */
export type { AbortControllerClass, Signals } from '../abort.ts';
export { checkHeaders } from '../check-headers.ts';
export { MAX_DELAY_MS, monotonicNow, startTimer } from '../clock.ts';
export { type DeadlineOptions, limitTime, type TimeLimit, withDeadline } from '../deadline.ts';
export { createDeliveryLane } from '../delivery/delivery-lane.ts';
export type { DeliveryLane, LaneBatch, LaneDrop } from '../delivery/lane-options.ts';
export type { LaneItem } from '../delivery/lane-queue.ts';
export { parseEndpoint, parseHost, parseInsecureHosts } from '../endpoint.ts';
export { LightAbortController } from '../light-abort-controller.ts';

export type { HttpRequest, HttpStatusRequest } from '../request.ts';
export type { HttpExchange, Transport } from '../request-once.ts';
export type { HttpResponse } from '../response.ts';
export { type Backoff, backoffMs, isRetryable, type RetryOptions, type RetryPolicy, retry, wait } from '../retry.ts';
export { retryAfterMs } from '../retry-after.ts';
export { maskError, maskSecret, maskSecrets } from '../secrets.ts';
export { classifyStatus, type StatusCause, type StatusClass, statusCauseOf, statusError } from '../status.ts';
export { decodeUtf8, parseJson, toWellFormed } from '../text.ts';
export { type Endpoint, parseUrl } from '../url.ts';
export { randomUuid } from '../uuid.ts';
export { platformFetch } from './platform-fetch.ts';
export { request, requestOnce, requestStatus } from './request.ts';
