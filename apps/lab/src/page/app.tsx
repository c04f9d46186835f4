/** The frame of the page: navigation, how fresh this browser is, and the view the address names. */
import { useSignal } from '@preact/signals';
import type { FunctionComponent, JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { AudiencesView } from './audiences/audiences-view.tsx';
import { EventsView } from './events/events-view.tsx';
import { FaultsView } from './faults/faults-view.tsx';
import { FlagsView } from './flags/flags-view.tsx';
import iconUrl from './icon.svg';
import { useLab } from './lab/lab-session.ts';
import { CommandPalette } from './palette/command-palette.tsx';
import { Icon } from './parts/icon.tsx';
import { ProjectView } from './project/project-view.tsx';
import { ResultsView } from './results/results-view.tsx';
import { linkTo, route, VIEWS, type ViewName } from './route.ts';
import { LostRaceDialog } from './shell/lost-race-dialog.tsx';
import { NoticeBar } from './shell/notice-bar.tsx';
import { SyncState } from './shell/sync-state.tsx';
import { ThemeSwitch } from './shell/theme-switch.tsx';
import { UsersView } from './users/users-view.tsx';

const VIEW_COMPONENTS: Readonly<Record<ViewName, { label: string; view: FunctionComponent }>> = {
  flags: { label: 'Flags', view: FlagsView },
  audiences: { label: 'Audiences', view: AudiencesView },
  users: { label: 'Users', view: UsersView },
  events: { label: 'Events', view: EventsView },
  results: { label: 'Results', view: ResultsView },
  project: { label: 'Project', view: ProjectView },
  faults: { label: 'Faults', view: FaultsView },
};

export function App(): JSX.Element {
  const main = useRef<HTMLElement>(null);
  const { view } = route.value;
  const shown = useSignal(view);
  useEffect(() => {
    if (shown.value === view) return;
    shown.value = view;
    // Whoever follows a link by keyboard or screen reader goes on in the new view, at its top.
    main.current?.focus({ preventScroll: true });
    scrollTo(0, 0);
  }, [view, shown]);
  const { view: View } = VIEW_COMPONENTS[view];
  return (
    <div class="shell">
      <button type="button" class="skip-link" onClick={() => main.current?.focus()}>
        Skip to content
      </button>
      <div class="sidebar">
        <a class="brand" href={linkTo('flags')}>
          <img src={iconUrl} alt="" />
          <span>
            Sortition <small>lab</small>
          </span>
        </a>
        <CommandPalette />
        <Navigation current={view} />
        <div class="sidebar-foot">
          <SyncState />
          <ThemeSwitch />
        </div>
      </div>
      <main class="view" ref={main} tabIndex={-1}>
        <View />
      </main>
      <NoticeBar />
      <LostRaceDialog />
    </div>
  );
}

function Navigation({ current }: { current: ViewName }): JSX.Element {
  const { faultCount } = useLab();
  return (
    <nav class="nav" aria-label="Views">
      {VIEWS.map((name) => (
        <a key={name} class="nav-link" href={linkTo(name)} aria-current={name === current ? 'page' : undefined}>
          <Icon name={name} />
          {VIEW_COMPONENTS[name].label}
          {name === 'faults' && faultCount.value > 0 && (
            <span class="nav-badge">
              {faultCount.value}
              <span class="visually-hidden">{faultCount.value === 1 ? ' endpoint' : ' endpoints'} with faults</span>
            </span>
          )}
        </a>
      ))}
    </nav>
  );
}
