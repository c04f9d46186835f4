/** Routes for metrics and spans: the pattern of an address, without users, flags and unknown paths. */

const AGENT =
  'config datafile decide activate track lookup save override send-odp-event batch notifications/event-stream';
const ROUTES: ReadonlySet<string> = new Set([
  ...['/health', '/ready', '/metrics', '/refresh', '/ofrep/v1/events', '/ofrep/v1/evaluate/flags'],
  ...AGENT.split(' ').map((name) => `/v1/${name}`),
]);

/** @param url Absolute URL of a request. */
export function routeOf(url: string): string {
  const path = pathOf(url);
  if (ROUTES.has(path)) return path;
  if (path.startsWith('/datafiles/')) return '/datafiles/{sdkKey}.json';
  return path.startsWith('/ofrep/v1/evaluate/flags/') ? '/ofrep/v1/evaluate/flags/{key}' : 'other';
}

/** Does not parse the rest of the address, because this runs for every request. */
function pathOf(url: string): string {
  const start = url.indexOf('/', url.indexOf('//') + 2);
  const end = url.indexOf('?', start);
  return end < 0 ? url.slice(start) : url.slice(start, end);
}
