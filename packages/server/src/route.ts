/** Routes: the pattern of an address, which names no user, flag or guess of a scanner; for metrics and spans. */

const AGENT =
  'config datafile decide activate track lookup save override send-odp-event batch notifications/event-stream';
const ROUTES: ReadonlySet<string> = new Set([
  ...['/health', '/ready', '/metrics', '/refresh', '/ofrep/v1/events', '/ofrep/v1/evaluate/flags'],
  ...AGENT.split(' ').map((name) => `/v1/${name}`),
]);

/** @param url Absolute, as a request has it. */
export function routeOf(url: string): string {
  const path = pathOf(url);
  if (ROUTES.has(path)) return path;
  if (path.startsWith('/datafiles/')) return '/datafiles/{sdkKey}.json';
  return path.startsWith('/ofrep/v1/evaluate/flags/') ? '/ofrep/v1/evaluate/flags/{key}' : 'other';
}

/** Without parsing the rest of the address, which every request would pay for. */
function pathOf(url: string): string {
  const start = url.indexOf('/', url.indexOf('//') + 2);
  const end = url.indexOf('?', start);
  return end < 0 ? url.slice(start) : url.slice(start, end);
}
