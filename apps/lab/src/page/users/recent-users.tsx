/** Users of the newest events: one click looks at them with the attributes they came with. */
import type { JSX } from 'preact';
import { useLab } from '../lab/lab-session.ts';
import { formatTime } from '../parts/format.ts';
import { useLoaded } from '../parts/use-loaded.ts';
import { type ExploredUser, toField } from './explored-user.ts';

const REFRESH_MS = 5_000;

export function RecentUsers({ look }: { look: (user: ExploredUser) => void }): JSX.Element {
  const { api } = useLab();
  const { value: users = [] } = useLoaded(api.fetchRecentUsers, REFRESH_MS);
  return (
    <section class="card stack-s" aria-labelledby="recent-title">
      <h2 id="recent-title" class="group-title">
        Recent users
      </h2>
      {users.length === 0 && <p class="small soft">No event was collected yet.</p>}
      <ul class="recent">
        {users.map(({ userId, attributes, seenAt }) => {
          const fields = Object.fromEntries(Object.entries(attributes).map(([key, value]) => [key, toField(value)]));
          return (
            <li key={userId}>
              <button type="button" class="quiet" onClick={() => look({ userId, fields })}>
                <code>{userId}</code>
                <span class="small soft">{formatTime(seenAt)}</span>
              </button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
