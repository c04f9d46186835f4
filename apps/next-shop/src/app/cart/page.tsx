/** @jsxImportSource react */
import { NoScriptImpressions } from '@sortition/react/server';
import type { ReactNode } from 'react';
import { BrowserFlags } from '../../shop/browser-flags.tsx';
import { Checkout } from '../../shop/flag-components.tsx';
import { decidePage } from '../../shop/page-snapshot.ts';
import { currentVisitor } from '../../shop/visitor.ts';
import { WhyPanel } from '../../shop/why-panel.tsx';

/** The cart, with the checkout that is tried out. */
export default async function Page(): Promise<ReactNode> {
  const snapshot = await decidePage(['checkout']);
  return (
    <BrowserFlags snapshot={snapshot} user={await currentVisitor()}>
      <h1>Your cart</h1>
      <Checkout />
      <NoScriptImpressions snapshot={snapshot} />
      <WhyPanel flagKeys={['checkout']} />
    </BrowserFlags>
  );
}
