/** @jsxImportSource react */
'use client';
/** What decisions look like. Each says which flag it shows, for those who look at the page. */
import { createFlagHooks } from '@sortition/react';
import { useRouter } from 'next/navigation';
import type { ReactNode } from 'react';
import { useEffect, useState } from 'react';
import type { ShopFlags } from './shop-flags.ts';

const { useDecision } = createFlagHooks<ShopFlags>();

/** The products, in an order that is tried out. */
export function Recommendations(): ReactNode {
  const { decision } = useDecision('recommendations');
  const isPersonal = decision.variationKey === 'personal';
  const products = isPersonal ? ['Dune teapot', 'Harbour mug'] : ['Harbour mug', 'Shore plate'];
  return (
    <section data-flag="recommendations" data-variation={decision.variationKey ?? ''}>
      <h2>{isPersonal ? 'For you' : 'Bought most'}</h2>
      <ul>
        {products.map((product) => (
          <li key={product}>{product}</li>
        ))}
      </ul>
    </section>
  );
}

/** A banner that streams in. */
export function VipBanner(): ReactNode {
  const { decision } = useDecision('vip_banner');
  return (
    <p data-flag="vip_banner" data-variation={decision.variationKey ?? ''}>
      {decision.enabled ? decision.variables.text : 'Members get news first.'}
    </p>
  );
}

/** Properties of `Shown`. */
interface ShownProps {
  readonly flagKey: keyof ShopFlags;
  readonly variationKey: string | null;
}

/** Says that a server component shows a variation of a flag, and has it rendered again when another one is decided. */
export function Shown({ flagKey, variationKey }: ShownProps): ReactNode {
  const { decision, track } = useDecision(flagKey, { trackOn: 'manual' });
  const router = useRouter();
  const isShown = decision.variationKey === variationKey;
  // Once for each difference: a server that is behind gives the same answer until it has the new datafile.
  useEffect(() => {
    if (!isShown) router.refresh();
  }, [isShown, decision.variationKey, router]);
  useEffect(() => {
    if (isShown) track();
  });
  return null;
}

/** The checkout, which is an experiment. A form: it also sells without scripts. */
export function Checkout(): ReactNode {
  const { decision } = useDecision('checkout');
  const [quantity, setQuantity] = useState(1);
  const { steps = 4, button_label: label = 'Place order', discount = 0 } = decision.variables;
  const cents = Math.round(quantity * 2_400 * (1 - discount));
  return (
    <form method="post" action="/api/purchases" data-flag="checkout" data-variation={decision.variationKey ?? ''}>
      <p>{steps === 1 ? 'Everything on one page.' : `${steps} steps to your mugs.`}</p>
      <label>
        Harbour mugs{' '}
        <input
          name="quantity"
          type="number"
          min="1"
          max="9"
          value={quantity}
          onChange={(event) => setQuantity(Number(event.target.value))}
        />
      </label>
      <button type="submit">
        {label}: {(cents / 100).toFixed(2)} €
      </button>
    </form>
  );
}
