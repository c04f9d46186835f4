/** Live event stream: impressions and conversions as the collector accepts them. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useId, useMemo } from 'preact/hooks';
import type { EventRow } from '../../api/event-row.ts';
import type { EventQuery } from '../lab/api.ts';
import { useLab } from '../lab/lab-session.ts';
import { sentenceOf } from '../lab/sentence-of.ts';
import { formatCount, formatMoney, formatTime, plural } from '../parts/format.ts';
import { Empty, Failure, Loading } from '../parts/message.tsx';
import { Modal } from '../parts/modal.tsx';
import { ScrollRegion } from '../parts/scroll-region.tsx';
import { ViewHead } from '../parts/view-head.tsx';
import { linkTo, replaceRoute, route } from '../route.ts';
import { toField, userParameters } from '../users/explored-user.ts';
import { createEventFeed, type EventFeed } from './event-feed.ts';
import { queryParameters, readQuery } from './event-query.ts';

export function EventsView(): JSX.Element {
  const lab = useLab();
  const feed = useMemo(() => createEventFeed(lab.api, () => new EventSource('/api/events/stream')), [lab]);
  useEffect(() => () => feed.close(), [feed]);
  const isAsking = useSignal(false);
  const forget = async () => {
    isAsking.value = false;
    await lab.api.forgetEvents().catch((error: unknown) => {
      lab.notice.value = { tone: 'bad', text: `Nothing was forgotten. ${sentenceOf(error)}` };
    });
    await feed.reload();
  };
  return (
    <>
      <ViewHead
        title="Events"
        purpose="What the collector accepts, the moment it does: an impression for each decision that was served, a conversion for each event that was tracked."
      >
        <button
          type="button"
          onClick={() => {
            isAsking.value = true;
          }}
        >
          Forget all events
        </button>
      </ViewHead>
      <Feed feed={feed} />
      {isAsking.value && (
        <Modal
          title="Forget all events?"
          submitLabel="Forget them"
          onSubmit={forget}
          onClose={() => {
            isAsking.value = false;
          }}
        >
          <p>Everything that was collected is deleted, and the results of all experiments start again from nothing.</p>
        </Modal>
      )}
    </>
  );
}

/** A key is typed every tenth of a second; the database is asked when the reader pauses. */
const SEARCH_DELAY_MS = 200;

function Feed({ feed }: { feed: EventFeed }): JSX.Element {
  const rows = feed.rows.value;
  const asked = JSON.stringify(readQuery(route.value.parameters));
  useEffect(() => {
    const timer = setTimeout(() => void feed.search(JSON.parse(asked) as EventQuery), SEARCH_DELAY_MS);
    return () => clearTimeout(timer);
  }, [feed, asked]);
  if (rows === null) {
    return feed.failure.value === null ? (
      <Loading what="the events" />
    ) : (
      <Failure text={feed.failure.value} retry={feed.reload} />
    );
  }
  const isEverything = Object.keys(queryParameters(feed.query.value)).length === 0;
  return (
    <section class="card flush" aria-label="Event stream">
      <FeedBar feed={feed} shownCount={rows.length} />
      {rows.length > 0 ? (
        <>
          <EventTable rows={rows} />
          {feed.hasMore.value && (
            <p class="feed-more">
              <button type="button" onClick={feed.loadMore}>
                Show older events
              </button>
            </p>
          )}
        </>
      ) : isEverything ? (
        <Empty title="Nothing was collected yet">
          <p>
            Send an event for somebody under <a href={linkTo('users')}>Users</a>, or simulate visitors under{' '}
            <a href={linkTo('results')}>Results</a>.
          </p>
        </Empty>
      ) : (
        <Empty title="No event matches">
          <p>Everything that was collected was searched.</p>
        </Empty>
      )}
    </section>
  );
}

function FeedBar({ feed, shownCount }: { feed: EventFeed; shownCount: number }): JSX.Element {
  const ids = { text: useId(), kind: useId(), from: useId(), until: useId() };
  const isPaused = feed.isPaused.value;
  const query = readQuery(route.value.parameters);
  const change = (changes: Partial<EventQuery>) =>
    replaceRoute(linkTo('events', undefined, queryParameters({ ...query, ...changes })));
  return (
    <div class="feed-bar">
      <button type="button" class={isPaused ? 'primary' : ''} onClick={isPaused ? feed.resume : feed.pause}>
        {isPaused ? 'Resume' : 'Pause'}
      </button>
      <label for={ids.text} class="visually-hidden">
        Search by user, flag, rule, variation, event or revision
      </label>
      <input
        id={ids.text}
        type="search"
        class="feed-search"
        placeholder="Search: ada, flag:checkout, event:purchase …"
        value={query.text}
        onInput={({ currentTarget }) => change({ text: currentTarget.value })}
      />
      <label for={ids.kind} class="visually-hidden">
        Kind
      </label>
      <select
        id={ids.kind}
        class="feed-kind"
        value={query.kind}
        onChange={({ currentTarget }) => change({ kind: currentTarget.value as EventQuery['kind'] })}
      >
        <option value="all">all kinds</option>
        <option value="impression">impressions</option>
        <option value="conversion">conversions</option>
      </select>
      <TimeField id={ids.from} label="From" value={query.from} change={(from) => change({ from })} />
      <TimeField id={ids.until} label="Until" value={query.until} change={(until) => change({ until })} />
      <p class="feed-state small" role="status">
        <span class={`sync-dot ${feed.isConnected.value && !isPaused ? '' : 'behind'}`} />
        {stateOf(feed, shownCount)}
      </p>
    </div>
  );
}

interface TimeFieldProps {
  readonly id: string;
  readonly label: string;
  /** Milliseconds since the epoch. */
  readonly value: number | null;
  readonly change: (value: number | null) => void;
}

function TimeField({ id, label, value, change }: TimeFieldProps): JSX.Element {
  return (
    <span class="feed-time">
      <label for={id} class="small soft">
        {label}
      </label>
      <input
        id={id}
        type="datetime-local"
        value={value === null ? '' : toLocalText(value)}
        onChange={({ currentTarget }) => {
          const time = new Date(currentTarget.value).getTime();
          change(Number.isNaN(time) ? null : time);
        }}
      />
    </span>
  );
}

/** As the field takes it: local time, to the minute. */
function toLocalText(ms: number): string {
  const local = new Date(ms - new Date(ms).getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16);
}

function stateOf(feed: EventFeed, shownCount: number): string {
  if (feed.isPaused.value) return `Paused, ${formatCount(feed.waiting.value)} new`;
  if (!feed.isConnected.value) return 'Connecting …';
  const skipped = feed.skipped.value;
  return `Live, ${plural(shownCount, 'row')}${skipped > 0 ? `; ${formatCount(skipped)} more went by too fast to show` : ''}`;
}

function EventTable({ rows }: { rows: readonly EventRow[] }): JSX.Element {
  return (
    <ScrollRegion label="Events, newest first" class="event-table">
      <table>
        <thead>
          <tr>
            <th scope="col">Time</th>
            <th scope="col">Event</th>
            <th scope="col">User</th>
            <th scope="col">What</th>
            <th scope="col" class="number">
              Revenue
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <EventLine key={row.seq} row={row} />
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  );
}

function EventLine({ row }: { row: EventRow }): JSX.Element {
  const isImpression = row.kind === 'impression';
  return (
    <tr>
      <td class="soft">{formatTime(row.receivedAt)}</td>
      <td>
        <span class={`chip ${isImpression ? '' : 'good'}`}>{row.kind}</span>
      </td>
      <td>
        <a href={linkOf(row)}>
          <code>{row.userId}</code>
        </a>
      </td>
      <td>
        {isImpression ? (
          <>
            <code>{row.flagKey ?? ''}</code>{' '}
            {row.ruleKey ? (
              <>
                <b>{row.variationKey}</b> <span class="soft">by {row.ruleKey}</span>
              </>
            ) : (
              <span class="soft">no rule served</span>
            )}
          </>
        ) : (
          <code>{row.eventKey}</code>
        )}
      </td>
      <td class="number">{row.revenue === undefined ? '' : formatMoney(row.revenue)}</td>
    </tr>
  );
}

/** The same decision: the user with the attributes and the revision of the event. */
function linkOf({ userId, attributes = {}, revision, flagKey }: EventRow): string {
  const fields = Object.fromEntries(Object.entries(attributes).map(([key, value]) => [key, toField(value)]));
  return linkTo('users', undefined, {
    ...userParameters({ userId, fields }),
    ...(flagKey !== undefined && { flag: flagKey }),
    revision,
  });
}
