/** @jsxImportSource react */
import { NoScriptImpressions } from '@sortition/react/server';
import type { ReactNode } from 'react';
import { BrowserFlags } from '../../shop/browser-flags.tsx';
import { Recommendations } from '../../shop/flag-components.tsx';
import { decidePage } from '../../shop/page-snapshot.ts';
import { currentVisitor } from '../../shop/visitor.ts';

/** After a purchase. */
export default async function Page(): Promise<ReactNode> {
  const snapshot = await decidePage(['recommendations']);
  return (
    <BrowserFlags snapshot={snapshot} user={await currentVisitor()}>
      <h1>Thank you</h1>
      <Recommendations />
      <NoScriptImpressions snapshot={snapshot} />
    </BrowserFlags>
  );
}
