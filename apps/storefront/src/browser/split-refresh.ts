/** Keeps the bars of the split up to date. */
import type { Split } from '../split.ts';

const INTERVAL_MS = 700;

/** Asks again and again while somebody looks at the split page; does nothing on others. */
export function refreshSplit(): void {
  const section = document.getElementById('split');
  if (section === null) return;
  const refresh = async (): Promise<void> => {
    if (document.visibilityState === 'visible') await fetchSplit(section).catch(() => undefined);
    setTimeout(refresh, INTERVAL_MS);
  };
  setTimeout(refresh, INTERVAL_MS);
}

async function fetchSplit(section: HTMLElement): Promise<void> {
  const response = await fetch(`/split?users=${section.dataset.users}`, { headers: { accept: 'application/json' } });
  const split = (await response.json()) as Split;
  const rows = new Map(
    [...section.querySelectorAll<HTMLElement>('[data-variation]')].map((row) => [row.dataset.variation, row]),
  );
  // The experiment has another variation now, for which the server makes a row.
  if (split.variations.some(({ variationKey }) => !rows.has(variationKey))) return location.reload();
  for (const [key, row] of rows) {
    const { share, users } = split.variations.find(({ variationKey }) => variationKey === key) ?? {
      share: 0,
      users: 0,
    };
    row.querySelector('.bar-fill')?.setAttribute('width', (share * 100).toFixed(2));
    setText(row.querySelector('.share'), `${(share * 100).toFixed(1)} %`);
    setText(row.querySelector('.members'), String(users));
  }
  setText(document.getElementById('split-outside'), String(split.outside));
  setText(document.getElementById('split-revision'), split.revision ?? 'not there yet');
}

function setText(element: Element | null, text: string): void {
  if (element && element.textContent !== text) element.textContent = text;
}
