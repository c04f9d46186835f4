/** What the server handed to the page. */
import type { DecisionSnapshot } from 'sortition';

/** See the file. */
export interface PageData {
  readonly snapshot: DecisionSnapshot;
  readonly visitorId: string;
  readonly analyticsKey: string;
}

/** Reads it; `null` on pages without any. */
export function readPageData(): PageData | null {
  const text = document.getElementById('page-data')?.textContent;
  return text ? (JSON.parse(text) as PageData) : null;
}
