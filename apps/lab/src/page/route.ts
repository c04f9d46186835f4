/** Where the reader is: `#/users?user=ada` is the view `users` with its parameters, so that every state has a link. */
import { computed, type ReadonlySignal, signal } from '@preact/signals';

export const VIEWS = ['flags', 'audiences', 'users', 'events', 'results', 'project', 'faults'] as const;

export type ViewName = (typeof VIEWS)[number];

export interface Route {
  readonly view: ViewName;
  /** What is selected in the view, such as a flag; `null` for nothing. */
  readonly selected: string | null;
  readonly parameters: URLSearchParams;
}

const hash = signal(globalThis.location?.hash ?? '');

/** Follows the address bar. */
export const route: ReadonlySignal<Route> = computed(() => parseRoute(hash.value));

export function parseRoute(text: string): Route {
  const [path = '', query = ''] = text.replace(/^#?\/?/, '').split('?');
  const [name = '', selected = ''] = path.split('/');
  const view = VIEWS.find((candidate) => candidate === name) ?? 'flags';
  return { view, selected: selected === '' ? null : decode(selected), parameters: new URLSearchParams(query) };
}

/** @param parameters A list gives one parameter several values. */
export function linkTo(
  view: ViewName,
  selected?: string,
  parameters: Readonly<Record<string, string | readonly string[]>> = {},
): string {
  const pairs = Object.entries(parameters).flatMap(([name, values]) => [values].flat().map((value) => [name, value]));
  const query = new URLSearchParams(pairs).toString();
  const path = selected === undefined ? view : `${view}/${encodeURIComponent(selected)}`;
  return `#/${path}${query === '' ? '' : `?${query}`}`;
}

/** Changes the address without an entry in the history: for what changes while typing. */
export function replaceRoute(link: string): void {
  history.replaceState(history.state, '', link);
  hash.value = link;
}

/** Starts following; call once. */
export function followAddressBar(): void {
  addEventListener('hashchange', () => {
    hash.value = location.hash;
  });
}

/** A link somebody typed may be no valid encoding. */
function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
