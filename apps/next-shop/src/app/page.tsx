/** @jsxImportSource react */
import { FlagsProvider } from '@sortition/react';
import { NoScriptImpressions } from '@sortition/react/server';
import { type ReactNode, Suspense } from 'react';
import { BrowserFlags } from '../shop/browser-flags.tsx';
import { Recommendations, Shown, VipBanner } from '../shop/flag-components.tsx';
import { decidePage } from '../shop/page-snapshot.ts';
import { currentVisitor } from '../shop/visitor.ts';
import { WhyPanel } from '../shop/why-panel.tsx';

const FLAGS = ['recommendations', 'free_shipping'] as const;
/** What a part of the page that is slow takes, ms. */
const SLOW_MS = 150;

/** The shop. */
export default async function Page(): Promise<ReactNode> {
  const snapshot = await decidePage(FLAGS);
  const shipping = snapshot.decisions.find(({ flagKey }) => flagKey === 'free_shipping');
  return (
    <BrowserFlags snapshot={snapshot} user={await currentVisitor()}>
      <h1>Harbour pottery</h1>
      <p data-flag="free_shipping" data-variation={shipping?.variationKey ?? ''}>
        {shipping?.enabled ? `Free shipping from ${shipping.variables.minimum} €.` : 'Shipping is 4.90 €.'}
        <Shown flagKey="free_shipping" variationKey={shipping?.variationKey ?? null} />
      </p>
      <Recommendations />
      <NoScriptImpressions snapshot={snapshot} />
      <div data-slot="news">
        <Suspense fallback={<p>News are on their way.</p>}>
          <News />
        </Suspense>
      </div>
      <WhyPanel flagKeys={FLAGS} />
    </BrowserFlags>
  );
}

/** Streams in when it is there. Depends on segments, which the client of the browser does not load: the server has the last word. */
async function News(): Promise<ReactNode> {
  await new Promise((resolve) => setTimeout(resolve, SLOW_MS));
  return (
    <FlagsProvider client={null} snapshot={await decidePage(['vip_banner'])}>
      <VipBanner />
    </FlagsProvider>
  );
}
