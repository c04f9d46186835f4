/** @jsxImportSource hono/jsx */
/** The split of the checkout experiment. The page's script keeps it up to date. */
import type { Assets } from '../assets.ts';
import type { Split } from '../split.ts';
import type { Visit } from '../visit.ts';
import { ShopLayout } from './shop-layout.tsx';
import { vipText } from './vip-text.ts';

/** Builds the page. */
export function SplitPage({ assets, visit, split }: { assets: Assets; visit: Visit; split: Split }) {
  const banner = vipText(visit);
  const { users, outside, revision, variations } = split;
  return (
    <ShopLayout assets={assets} visit={visit} title="Split" banner={banner}>
      <section class="hero">
        <h1>What the checkout experiment does</h1>
        <p>
          {users.toLocaleString('en-US')} generated members, decided in this shop. Move a slider in the lab: the bars
          follow.
        </p>
      </section>
      <section aria-labelledby="split-title" id="split" data-users={users}>
        <h2 class="shelf-title" id="split-title">
          Members by variation
        </h2>
        <table class="split">
          <thead>
            <tr>
              <th scope="col">Variation</th>
              <th scope="col" class="split-bar-cell">
                <span class="visually-hidden">Bar</span>
              </th>
              <th scope="col" class="number">
                Share
              </th>
              <th scope="col" class="number">
                Members
              </th>
            </tr>
          </thead>
          <tbody>
            {variations.map(({ variationKey, users: members, share }) => (
              <tr data-variation={variationKey}>
                <th scope="row">{variationKey}</th>
                <td class="split-bar-cell">
                  <svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
                    <rect class="bar-fill" width={(share * 100).toFixed(2)} height="10" />
                  </svg>
                </td>
                <td class="number share">{(share * 100).toFixed(1)} %</td>
                <td class="number members">{members}</td>
              </tr>
            ))}
          </tbody>
        </table>
        <p class="quiet">
          Outside of the experiment: <span id="split-outside">{outside}</span>. Datafile revision{' '}
          <span id="split-revision">{revision ?? 'not there yet'}</span>.
        </p>
      </section>
    </ShopLayout>
  );
}
