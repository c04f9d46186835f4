/** @jsxImportSource hono/jsx */
/** After a purchase. */
import type { Assets } from '../assets.ts';
import { formatPrice } from '../order-total.ts';
import type { Visit } from '../visit.ts';
import { ShopLayout } from './shop-layout.tsx';
import { vipText } from './vip-text.ts';

/** Builds the page. @param paidCents `null`: nothing was bought lately. */
export function ThanksPage({ assets, visit, paidCents }: { assets: Assets; visit: Visit; paidCents: number | null }) {
  return (
    <ShopLayout assets={assets} visit={visit} title="Thank you" banner={vipText(visit)}>
      <section class="hero">
        {paidCents === null ? (
          <h1>Nothing was ordered lately.</h1>
        ) : (
          <>
            <h1>Thank you. It is in the kiln.</h1>
            <p>
              You paid {formatPrice(paidCents)}. The event <code>purchase</code> with this revenue is on its way to the
              collector, where it counts for the variations you saw.
            </p>
          </>
        )}
        <p>
          <a href="/">Back to the shop</a>
        </p>
      </section>
    </ShopLayout>
  );
}
