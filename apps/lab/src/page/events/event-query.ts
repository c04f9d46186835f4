/** What of the events is looked for, as the lab searches its database and as rows of the live stream are judged. */
import type { EventRow } from '../../api/event-row.ts';
import type { EventQuery } from '../lab/api.ts';

export const EVERYTHING: EventQuery = { text: '', kind: 'all', from: null, until: null };

/** Words must all be somewhere in a row; `user:ada` and the like are exact. */
export function matchesQuery(row: EventRow, { text, kind, from, until }: EventQuery): boolean {
  if (kind !== 'all' && row.kind !== kind) return false;
  if ((from !== null && row.receivedAt < from) || (until !== null && row.receivedAt >= until)) return false;
  const { userId, flagKey = '', ruleKey = '', variationKey = '', eventKey = '', revision } = row;
  const exact: Readonly<Record<string, string>> = {
    user: userId,
    flag: flagKey,
    rule: ruleKey,
    variation: variationKey,
    event: eventKey,
  };
  const haystack = `${userId} ${flagKey} ${ruleKey} ${variationKey} ${eventKey} ${revision}`.toLowerCase();
  return text
    .split(/\s+/)
    .filter((word) => word !== '')
    .every((word) => {
      const [, name = '', value = ''] = /^(\w+):(.+)$/.exec(word) ?? [];
      return name in exact ? exact[name] === value : haystack.includes(word.toLowerCase());
    });
}

/** A search in the address, so that it can be shared. */
export function readQuery(parameters: URLSearchParams): EventQuery {
  const time = (name: string) => {
    const value = Number(parameters.get(name) ?? Number.NaN);
    return Number.isFinite(value) ? value : null;
  };
  const kind = parameters.get('kind');
  return {
    text: parameters.get('q') ?? '',
    kind: kind === 'impression' || kind === 'conversion' ? kind : 'all',
    from: time('from'),
    until: time('until'),
  };
}

export function queryParameters({ text, kind, from, until }: EventQuery): Record<string, string> {
  return {
    ...(text !== '' && { q: text }),
    ...(kind !== 'all' && { kind }),
    ...(from !== null && { from: String(from) }),
    ...(until !== null && { until: String(until) }),
  };
}
