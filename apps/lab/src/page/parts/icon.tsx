/** The few icons of the page, drawn on a 20 by 20 grid in the colour of the text around them. */
import type { JSX } from 'preact';

const PATHS = {
  flags: 'M5 17V3.5M5 4h9.5l-2 3.25 2 3.25H5',
  audiences:
    'M7.5 9.5a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM2 16.5c.4-3 2.6-4.5 5.5-4.5s5.1 1.5 5.5 4.5M13 4a3 3 0 0 1 0 5.5M15 12.5c1.7.6 2.7 2 3 4',
  users: 'M10 10a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7ZM3.5 17c.6-3.3 3.2-4.8 6.5-4.8s5.9 1.5 6.5 4.8',
  events: 'M2 10.5h3.5l2.5-6.5 4 12 2.5-5.5H18',
  results: 'M3 3v14h14M6.5 13.5l3-4 3 2 4.5-6',
  project: 'M3 5.5h5l1.5 2H17v8.5H3z',
  faults: 'M10.8 2.5 4 11.5h5.2l-.8 6 6.8-9H10l.8-6Z',
  light:
    'M10 13.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7ZM10 2v1.5M10 16.5V18M2 10h1.5M16.5 10H18M4.3 4.3l1.1 1.1M14.6 14.6l1.1 1.1M4.3 15.7l1.1-1.1M14.6 5.4l1.1-1.1',
  dark: 'M16.5 12A7 7 0 0 1 8 3.5a7 7 0 1 0 8.5 8.5Z',
  system: 'M3 4h14v9.5H3zM7.5 17h5M10 13.5V17',
  check: 'm4 10.5 4 4 8-9',
  cross: 'm5 5 10 10M15 5 5 15',
  unknown: 'M7.5 7.5a2.5 2.5 0 1 1 3.7 2.2c-.8.5-1.2 1-1.2 2M10 14.9v.2',
  plus: 'M10 4v12M4 10h12',
  back: 'M12.5 4 6.5 10l6 6',
  dice: 'M4 4h12v12H4zM7.5 7.5v.1M12.5 7.5v.1M10 10v.1M7.5 12.5v.1M12.5 12.5v.1',
} as const;

export type IconName = keyof typeof PATHS;

/** Decoration only: the words beside an icon say what it means. */
export function Icon({ name }: { name: IconName }): JSX.Element {
  return (
    <svg class="icon" viewBox="0 0 20 20" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
