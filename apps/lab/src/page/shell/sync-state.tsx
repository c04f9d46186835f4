/** Whether this browser decides with what is published: two revisions that should be one. */
import type { JSX } from 'preact';
import { useLab } from '../lab/lab-session.ts';

export function SyncState(): JSX.Element {
  const { project, liveRevision } = useLab();
  const published = project.value?.revision;
  const live = liveRevision.value;
  const isFresh = published !== undefined && published === live;
  const words = live === null ? 'Waiting for a datafile' : isFresh ? 'Revision' : 'Still on';
  return (
    <div class="sync">
      <span class="sync-state">
        <span class={`sync-dot ${isFresh ? '' : 'behind'}`} />
        <span>
          <span class="sync-word">{words} </span>
          {live}
        </span>
      </span>
      <span class="sync-published">{isFresh ? 'live in this browser' : `${published ?? 'nothing'} is published`}</span>
    </div>
  );
}
