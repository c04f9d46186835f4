/** Impressions of pages whose scripts are off. */
import { createElement, type ReactNode } from 'react';
import type { PageSnapshot } from '../page-snapshot.ts';

/** Properties of `NoScriptImpressions`. */
export interface NoScriptImpressionsProps {
  readonly snapshot: PageSnapshot;
  /** The flags that the page shows; by default all of the snapshot. */
  readonly flagKeys?: readonly string[] | undefined;
}

/**
 * Renders an image per decision into `<noscript>`, which browsers load when scripts are off. Put it next to the shown
 * components, not inside Suspense: without scripts streamed content never appears.
 */
export function NoScriptImpressions({ snapshot, flagKeys }: NoScriptImpressionsProps): ReactNode {
  const { url = '', tokens = {} } = snapshot.impressions ?? {};
  const shown = Object.entries(tokens).filter(([flagKey]) => flagKeys?.includes(flagKey) ?? true);
  if (shown.length === 0) return null;
  const images = shown.map(([flagKey, token]) =>
    createElement('img', {
      key: flagKey,
      src: `${url}${url.includes('?') ? '&' : '?'}t=${token}`,
      alt: '',
      width: 1,
      height: 1,
      style: { position: 'absolute' },
    }),
  );
  return createElement('noscript', null, images);
}
