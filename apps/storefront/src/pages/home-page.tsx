/** @jsxImportSource hono/jsx */
/** The shop's first page: a headline, a block of the remote service, the products. */
import type { Assets } from '../assets.ts';
import { formatPrice } from '../order-total.ts';
import { orderProducts, type Product } from '../products.ts';
import type { Visit } from '../visit.ts';
import { ProductPicture } from './product-picture.tsx';
import { ShopLayout } from './shop-layout.tsx';
import { vipText } from './vip-text.ts';

/** Builds the page. */
export function HomePage({ assets, visit }: { assets: Assets; visit: Visit }) {
  const banner = vipText(visit);
  const shipping = visit.show('free_shipping');
  const isPersonal = visit.show('recommendations').variationKey === 'personal';
  const { cart } = visit.visitor;
  const products = orderProducts(isPersonal ? 'personal' : 'bestsellers', new Set(cart.keys()));
  return (
    <ShopLayout assets={assets} visit={visit} title="Shop" banner={banner}>
      <section class="hero">
        <h1>Thrown slowly, fired twice, used every day.</h1>
        <p>
          Six pieces from one small kiln on the coast.{' '}
          {shipping.enabled
            ? `Shipping is free from ${formatPrice(Math.round(shipping.variables.minimum * 100))}.`
            : `Shipping is ${formatPrice(490)}.`}
        </p>
      </section>
      <Promotion variant={visit.promotion} />
      <h2 class="shelf-title">{isPersonal ? 'Picked for you' : 'What others took home'}</h2>
      <ul class="shelf">
        {products.map((product) => (
          <ProductCard product={product} />
        ))}
      </ul>
    </ShopLayout>
  );
}

const PROMOTIONS: ReadonlyMap<string | undefined, { title: string; text: string }> = new Map([
  [
    'voucher',
    { title: 'A voucher for your next order', text: 'Order this week and find € 10 for the next one in the box.' },
  ],
  [
    'free_gift',
    { title: 'A small gift in every box', text: 'A glazed test tile from the kiln, no two alike, while they last.' },
  ],
]);

const OWN_BLOCK = { title: 'New from the kiln', text: 'The reed vase is back, in last winter’s ash glaze.' };

function Promotion({ variant }: { variant: Visit['promotion'] }) {
  const { title, text } = PROMOTIONS.get(variant?.key) ?? OWN_BLOCK;
  return (
    <section class="promotion" aria-labelledby="promotion-title" data-variant={variant?.key ?? 'none'}>
      <h2 id="promotion-title">{title}</h2>
      <p>{text}</p>
    </section>
  );
}

function ProductCard({ product: { id, name, note, priceCents } }: { product: Product }) {
  return (
    <li class="card">
      <ProductPicture id={id} />
      <h3>{name}</h3>
      <p class="quiet">{note}</p>
      <form class="card-action" method="post" action="/cart/items">
        <input type="hidden" name="product" value={id} />
        <span class="price">{formatPrice(priceCents)}</span>
        <button type="submit">
          Add<span class="visually-hidden"> {name}</span> to cart
        </button>
      </form>
    </li>
  );
}
