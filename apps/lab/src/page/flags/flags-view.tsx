/** Flags: all of them on the left, one with its rules on the right; on phones one after the other. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useLab } from '../lab/lab-session.ts';
import type { Project, ProjectFlag } from '../lab/project.ts';
import { formatCount, plural } from '../parts/format.ts';
import { Icon } from '../parts/icon.tsx';
import { KeyDialog } from '../parts/key-dialog.tsx';
import { Empty, Failure, Loading } from '../parts/message.tsx';
import { useListSearch } from '../parts/search-address.ts';
import { SearchField } from '../parts/search-field.tsx';
import { ViewHead } from '../parts/view-head.tsx';
import { linkTo, route } from '../route.ts';
import { FlagDetail } from './flag-detail.tsx';

export function FlagsView(): JSX.Element {
  const lab = useLab();
  const project = lab.project.value;
  const failure = lab.failure.value;
  return (
    <>
      <ViewHead
        title="Flags"
        purpose="What is applied here is published and reaches running applications through their event stream, without a deploy or a restart."
      >
        <button type="button" onClick={() => lab.publish((base) => lab.api.reset(base))}>
          Reset to the original
        </button>
      </ViewHead>
      {project !== null ? (
        <Flags project={project} />
      ) : failure !== null ? (
        <Failure text={failure} retry={lab.reload} />
      ) : (
        <Loading what="the flags" />
      )}
    </>
  );
}

function Flags({ project }: { project: Project }): JSX.Element {
  const { api } = useLab();
  const { words, search, matches } = useListSearch();
  const isCreating = useSignal(false);
  const { selected } = route.value;
  const shown = project.flags.filter(({ key, rules }) => matches(key, ...rules.map((rule) => rule.key)));
  const flag = project.flags.find(({ key }) => key === selected) ?? project.flags[0];
  const isUnknown = flag === undefined || (selected !== null && flag.key !== selected);
  return (
    <div class={`split ${selected === null ? '' : 'has-selection'}`}>
      <nav class="split-list" aria-label="Flags">
        <div class="row list-tools">
          <SearchField
            label="Search flags"
            placeholder={`Search ${plural(project.flags.length, 'flag')}`}
            words={words}
            search={search}
          />
          <button
            type="button"
            onClick={() => {
              isCreating.value = true;
            }}
          >
            <Icon name="plus" />
            New
          </button>
        </div>
        {isCreating.value && (
          <KeyDialog
            title="New flag"
            create={(base, key) => api.createFlag(base, { key })}
            onCreated={(key) => {
              location.hash = linkTo('flags', key);
            }}
            close={() => {
              isCreating.value = false;
            }}
          />
        )}
        <ul class="picks">
          {shown.map((each) => (
            <li key={each.key}>
              <FlagPick flag={each} isCurrent={each === flag} words={words} />
            </li>
          ))}
        </ul>
        {shown.length === 0 && project.flags.length > 0 && <p class="small soft">No flag or rule has these words.</p>}
      </nav>
      <div class="split-detail">
        <a class="back-link" href={linkTo('flags')}>
          <Icon name="back" />
          All flags
        </a>
        {isUnknown ? (
          <Empty title={selected === null ? 'The datafile has no flags' : `There is no flag "${selected}"`}>
            <p>{selected === null ? 'Create one.' : 'It may have been renamed. Choose one of the list.'}</p>
          </Empty>
        ) : (
          <FlagDetail key={flag.key} flag={flag} project={project} />
        )}
      </div>
    </div>
  );
}

function FlagPick(props: { flag: ProjectFlag; isCurrent: boolean; words: string }): JSX.Element {
  const { flag, isCurrent, words } = props;
  const link = linkTo('flags', flag.key, words === '' ? {} : { q: words });
  const own = flag.rules.filter(({ kind }) => kind !== 'holdout');
  const running = own.filter(({ isRunning }) => isRunning).length;
  return (
    <a class="pick" href={link} aria-current={isCurrent ? 'true' : undefined}>
      <span class="pick-name">{flag.key}</span>
      <span class={`pick-state ${running > 0 ? 'on' : ''}`}>
        {own.length === 0
          ? 'no rules'
          : running === own.length
            ? plural(running, 'rule')
            : `${formatCount(running)} of ${plural(own.length, 'rule')} running`}
      </span>
    </a>
  );
}
