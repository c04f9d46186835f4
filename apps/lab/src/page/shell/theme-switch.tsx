/** Picks light, dark or what the system says. */
import type { JSX } from 'preact';
import { Icon } from '../parts/icon.tsx';
import { type Theme, theme } from '../theme.ts';

const CHOICES: readonly { readonly name: Theme; readonly label: string }[] = [
  { name: 'light', label: 'Light colours' },
  { name: 'system', label: 'Colours as the system says' },
  { name: 'dark', label: 'Dark colours' },
];

export function ThemeSwitch(): JSX.Element {
  return (
    <fieldset class="segmented">
      <legend class="visually-hidden">Colours</legend>
      {CHOICES.map(({ name, label }) => (
        <button
          key={name}
          type="button"
          aria-pressed={theme.value === name}
          aria-label={label}
          title={label}
          onClick={() => {
            theme.value = name;
          }}
        >
          <Icon name={name} />
        </button>
      ))}
    </fieldset>
  );
}
