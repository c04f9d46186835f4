/** Live event stream: impressions and conversions as the collector accepts them. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useId, useMemo } from 'preact/hooks';
import type { EventRow } from '../../api/event-row.ts';
import { useLab } from '../lab/lab-session.ts';
import { sentenceOf } from '../lab/sentence-of.ts';
import { formatCount, formatMoney, formatTime, plural } from '../parts/format.ts';
import { Empty, Failure, Loading } from '../parts/message.tsx';
import { Modal } from '../parts/modal.tsx';
import { ScrollRegion } from '../parts/scroll-region.tsx';
import { ViewHead } from '../parts/view-head.tsx';
import { linkTo } from '../route.ts';
import { createEventFeed, type EventFeed } from './event-feed.ts';
import { type EventFilter, filterRows } from './event-filter.ts';

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

function Feed({ feed }: { feed: EventFeed }): JSX.Element {
  const filter = useSignal<EventFilter>({ kind: 'all', text: '' });
  const rows = feed.rows.value;
  if (rows === null) {
    return feed.failure.value === null ? (
      <Loading what="the events" />
    ) : (
      <Failure text={feed.failure.value} retry={feed.reload} />
    );
  }
  const shown = filterRows(rows, filter.value);
  return (
    <section class="card flush" aria-label="Event stream">
      <FeedBar feed={feed} filter={filter} shownCount={shown.length} />
      {rows.length === 0 ? (
        <Empty title="Nothing was collected yet">
          <p>
            Send an event for somebody under <a href={linkTo('users')}>Users</a>, or simulate visitors under{' '}
            <a href={linkTo('results')}>Results</a>.
          </p>
        </Empty>
      ) : shown.length === 0 ? (
        <Empty title="No event matches the filter" />
      ) : (
        <EventTable rows={shown} />
      )}
    </section>
  );
}

interface FeedBarProps {
  readonly feed: EventFeed;
  readonly filter: { value: EventFilter };
  readonly shownCount: number;
}

function FeedBar({ feed, filter, shownCount }: FeedBarProps): JSX.Element {
  const textId = useId();
  const kindId = useId();
  const isPaused = feed.isPaused.value;
  return (
    <div class="feed-bar">
      <button type="button" class={isPaused ? 'primary' : ''} onClick={isPaused ? feed.resume : feed.pause}>
        {isPaused ? 'Resume' : 'Pause'}
      </button>
      <label for={textId} class="visually-hidden">
        Filter by user, flag, rule, variation or event
      </label>
      <input
        id={textId}
        type="search"
        class="feed-search"
        placeholder="Filter by user, flag, variation …"
        value={filter.value.text}
        onInput={({ currentTarget }) => {
          filter.value = { ...filter.value, text: currentTarget.value };
        }}
      />
      <label for={kindId} class="visually-hidden">
        Kind
      </label>
      <select
        id={kindId}
        class="feed-kind"
        value={filter.value.kind}
        onChange={({ currentTarget }) => {
          filter.value = { ...filter.value, kind: currentTarget.value as EventFilter['kind'] };
        }}
      >
        <option value="all">all kinds</option>
        <option value="impression">impressions</option>
        <option value="conversion">conversions</option>
      </select>
      <p class="feed-state small" role="status">
        <span class={`sync-dot ${feed.isConnected.value && !isPaused ? '' : 'behind'}`} />
        {stateOf(feed, shownCount)}
      </p>
    </div>
  );
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
        <a href={linkTo('users', undefined, { user: row.userId, ...(row.flagKey ? { flag: row.flagKey } : {}) })}>
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
