/** A field that narrows a list down. */
import type { JSX } from 'preact';

interface SearchFieldProps {
  /** Accessible name. */
  readonly label: string;
  readonly placeholder: string;
  readonly words: string;
  readonly search: (words: string) => void;
  readonly class?: string;
}

export function SearchField({
  label,
  placeholder,
  words,
  search,
  class: className = '',
}: SearchFieldProps): JSX.Element {
  return (
    <input
      type="search"
      class={className}
      aria-label={label}
      placeholder={placeholder}
      value={words}
      onInput={({ currentTarget }) => search(currentTarget.value)}
    />
  );
}
