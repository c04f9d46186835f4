/** A snapshot in the HTML of a page. */
import type { PageSnapshot } from '../page-snapshot.ts';

const ESCAPES: Readonly<Record<string, string>> = {
  '<': '\\u003c',
  '>': '\\u003e',
  '&': '\\u0026',
  '\u2028': '\\u2028',
  '\u2029': '\\u2029',
};

/**
 * Returns a snapshot as JSON that is safe inside a `<script>` element, whatever the variables of flags contain.
 * Snapshots that React passes to client components do not need this.
 *
 * @example
 * `<script type="application/json" id="flags">${formatSnapshot(snapshot)}</script>`
 */
export function formatSnapshot(snapshot: PageSnapshot): string {
  return JSON.stringify(snapshot).replace(/[<>&\u2028\u2029]/g, (character) => ESCAPES[character] ?? '');
}
