/** A browser without a window: keeps cookies, follows redirects of forms as a page would. */
import type { DecisionSnapshot } from 'sortition';

/** A page as it arrived. */
export interface ReceivedPage {
  readonly status: number;
  readonly html: string;
  readonly headers: Headers;
}

/** What the panel says: flag key to what was served. */
export type Served = Readonly<Record<string, string>>;

/** Somebody who visits a shop. */
export interface ShopVisitor {
  readonly cookies: Map<string, string>;
  get(path: string, headers?: Record<string, string>): Promise<ReceivedPage>;
  /** Sends a form from a page of the shop and follows to the page it leads to. */
  post(path: string, fields: Record<string, string>): Promise<ReceivedPage>;
}

/** Starts a visit at a shop. @param id The visitor's; a new one when absent. */
export function visitShop(url: string, id?: string): ShopVisitor {
  const cookies = new Map<string, string>(id === undefined ? [] : [['amp_lab-an', `${id}..........`]]);

  async function request(path: string, init: RequestInit): Promise<ReceivedPage> {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(url + path, { ...init, redirect: 'manual', headers: { ...init.headers, cookie } });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === '') cookies.delete(name);
      else cookies.set(name, value);
    }
    const html = await response.text();
    const location = response.headers.get('location');
    return location === null ? { status: response.status, html, headers: response.headers } : request(location, {});
  }

  return {
    cookies,
    get: (path, headers = {}) => request(path, { headers: { accept: 'text/html', ...headers } }),
    post: (path, fields) =>
      request(path, { method: 'POST', body: new URLSearchParams(fields), headers: { origin: url } }),
  };
}

/** Reads the panel. */
export function servedOn({ html }: ReceivedPage): Served {
  return Object.fromEntries(
    [...html.matchAll(/data-flag="([^"]+)" data-served="([^"]+)"/g)].map(([, flagKey, served]) => [flagKey, served]),
  );
}

/** Reads what the page's script would. */
export function pageDataOf({ html }: ReceivedPage): { snapshot: DecisionSnapshot; visitorId: string } {
  return JSON.parse(/id="page-data">(.*?)<\/script>/s.exec(html)?.[1] ?? 'null');
}
