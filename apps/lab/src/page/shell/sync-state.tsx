/** Whether this browser decides with what is published: two revisions that should be one. */
import type { JSX } from 'preact';
import { useLab } from '../lab/lab-session.ts';

export function SyncState(): JSX.Element {
  const { project, liveRevision, isReachable } = useLab();
  const published = project.value?.revision;
  const live = liveRevision.value;
  const isDead = !isReachable.value;
  const isFresh = !isDead && published !== undefined && published === live;
  const words = live === null ? 'Waiting for a datafile' : isFresh ? 'Revision' : isDead ? 'Last seen' : 'Still on';
  const state = isDead
    ? 'the lab does not answer'
    : isFresh
      ? 'live in this browser'
      : `${published ?? 'nothing'} is published`;
  return (
    <div class="sync">
      <span class="sync-state">
        <span class={`sync-dot ${isDead ? 'dead' : isFresh ? '' : 'behind'}`} />
        <span>
          <span class="sync-word">{words} </span>
          {live}
        </span>
      </span>
      <span class="sync-published" role={isDead ? 'alert' : undefined}>
        {state}
      </span>
    </div>
  );
}
