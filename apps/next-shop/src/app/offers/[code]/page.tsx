/** @jsxImportSource react */
import { generatePermutations, getPrecomputed } from 'flags/next';
import { notFound } from 'next/navigation';
import type { ReactNode } from 'react';
import { freeShipping, order, STATIC_FLAGS } from '../../../shop/static-flags.ts';

interface Params {
  readonly params: Promise<{ code: string }>;
}

/** One page for each combination of decisions, made by the build. */
export async function generateStaticParams(): Promise<{ code: string }[]> {
  return (await generatePermutations(STATIC_FLAGS)).map((code) => ({ code }));
}

/** The offers, a page that was built ahead: the proxy chose it by its code, so that nothing is decided here. */
export default async function Page({ params }: Params): Promise<ReactNode> {
  const { code } = await params;
  // A code that the proxy did not sign.
  const decided = await getPrecomputed([order, freeShipping], STATIC_FLAGS, code).catch(() => notFound());
  const [variation, isFree] = decided;
  const offers = variation === 'personal' ? ['Dune teapot', 'Harbour mug'] : ['Harbour mug', 'Shore plate'];
  return (
    <>
      <h1>Offers of the week</h1>
      <ul data-flag="recommendations" data-variation={variation}>
        {offers.map((offer) => (
          <li key={offer}>{offer}</li>
        ))}
      </ul>
      <p data-flag="free_shipping" data-variation={isFree ? 'on' : 'off'}>
        {isFree ? 'Free shipping on large orders.' : 'Shipping is 4.90 €.'}
      </p>
    </>
  );
}
