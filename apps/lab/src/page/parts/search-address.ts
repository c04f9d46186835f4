/** What is searched for in a list, kept in the address as `q`, so that a list that was narrowed down can be shared. */
import { linkTo, replaceRoute, route } from '../route.ts';

export interface ListSearch {
  readonly words: string;
  search(words: string): void;
  /** Whether every word is in one of the texts; capitals do not matter. */
  matches(...texts: readonly string[]): boolean;
}

/** Of the view that is shown; reads the address, so call it while rendering. */
export function useListSearch(): ListSearch {
  const { view, selected, parameters } = route.value;
  const words = parameters.get('q') ?? '';
  const wanted = wordsOf(words);
  return {
    words,
    search(next) {
      const others = Object.fromEntries([...parameters].filter(([name]) => name !== 'q'));
      replaceRoute(linkTo(view, selected ?? undefined, { ...others, ...(next !== '' && { q: next }) }));
    },
    matches: (...texts) => hasEveryWord(wanted, texts.join(' ')),
  };
}

export function wordsOf(text: string): readonly string[] {
  return text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
}

export function hasEveryWord(words: readonly string[], text: string): boolean {
  const lower = text.toLowerCase();
  return words.every((word) => lower.includes(word));
}
