/** Everything the palette finds: views, flags, rules, audiences, experiments, lists of the project, and a few deeds. */
import type { Project } from '../lab/project.ts';
import { hasEveryWord, wordsOf } from '../parts/search-address.ts';
import { linkTo, VIEWS } from '../route.ts';
import { type Theme, theme } from '../theme.ts';

export interface PaletteEntry {
  /** Unique. */
  readonly id: string;
  readonly title: string;
  /** What kind of thing it is, and where. */
  readonly kind: string;
  /** Where it leads, or what it does. */
  readonly action: string | (() => void);
}

export function paletteEntries(project: Project | null): readonly PaletteEntry[] {
  const entry = (kind: string, title: string, action: PaletteEntry['action'], more = ''): PaletteEntry => ({
    id: `${kind}/${title}/${more}`,
    title,
    kind: more === '' ? kind : `${kind} ${more}`,
    action,
  });
  const views = VIEWS.map((name) => entry('View', name.charAt(0).toUpperCase() + name.slice(1), linkTo(name)));
  const themes = (['light', 'dark', 'system'] as const).map((name: Theme) =>
    entry('Colours', `Colours: ${name}`, () => {
      theme.value = name;
    }),
  );
  if (project === null) return [...views, ...themes];
  const rules = project.flags.flatMap((flag) =>
    flag.rules.filter(({ kind }) => kind !== 'holdout').map((rule) => ({ flag, rule })),
  );
  return [
    ...views,
    ...project.flags.map(({ key }) => entry('Flag', key, linkTo('flags', key))),
    ...rules.map(({ flag, rule }) => entry('Rule', rule.key, linkTo('flags', flag.key), `of ${flag.key}`)),
    ...rules
      .filter(({ rule }) => rule.kind === 'experiment')
      .map(({ rule }) => entry('Results', rule.key, linkTo('results', rule.id))),
    ...project.audiences.map(({ id, name }) => entry('Audience', name, linkTo('audiences', id))),
    ...project.holdouts.map(({ key }) => entry('Holdout', key, linkTo('project'))),
    ...project.events.map((key) => entry('Event', key, linkTo('events', undefined, { q: `event:${key}` }))),
    ...project.attributes.map((key) => entry('Attribute', key, linkTo('project'))),
    ...themes,
  ];
}

const MAX_FOUND = 50;

/** The entries with every word, those whose title begins with the text first; a user id is always offered. */
export function searchEntries(entries: readonly PaletteEntry[], text: string): readonly PaletteEntry[] {
  const words = wordsOf(text);
  const start = text.trim().toLowerCase();
  const found = entries.filter(({ title, kind }) => hasEveryWord(words, `${title} ${kind}`));
  const isFirst = ({ title }: PaletteEntry) => start !== '' && title.toLowerCase().startsWith(start);
  const sorted = [...found.filter(isFirst), ...found.filter((each) => !isFirst(each))].slice(0, MAX_FOUND);
  const userId = text.trim();
  return userId === ''
    ? sorted
    : [
        ...sorted,
        {
          id: 'user',
          title: userId,
          kind: 'Decisions of the user',
          action: linkTo('users', undefined, { user: userId }),
        },
      ];
}
