/** Light, dark, or as the system says; remembered in this browser. */
import { effect, signal } from '@preact/signals';

export type Theme = 'system' | 'light' | 'dark';

const STORAGE_KEY = 'sortition-lab-theme';

export const theme = signal<Theme>(readStored());

/** Applies the theme now and whenever it changes; `color-scheme` picks the colours in the style sheets. */
export function applyTheme(): void {
  effect(() => {
    document.documentElement.dataset.theme = theme.value;
    try {
      localStorage.setItem(STORAGE_KEY, theme.value);
    } catch (error) {
      console.info('The theme is not remembered: this browser stores nothing for the page.', error);
    }
  });
}

/** A colour of the style sheets as canvas takes it: resolved for the scheme in effect. */
export function resolveColor(property: string): string {
  const probe = document.createElement('span');
  probe.style.color = `var(${property})`;
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

function readStored(): Theme {
  try {
    const stored = localStorage.getItem(STORAGE_KEY);
    return stored === 'light' || stored === 'dark' ? stored : 'system';
  } catch {
    return 'system'; // storage is switched off
  }
}
