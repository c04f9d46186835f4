/** @jsxImportSource hono/jsx */
/** The cart and the checkout, which is what the experiment is about. */
import type { Assets } from '../assets.ts';
import { type CartLine, linesOf } from '../cart.ts';
import { orderTerms } from '../order-terms.ts';
import { computeTotal, formatPrice } from '../order-total.ts';
import { CHECKOUT_DEFAULTS } from '../shop-flags.ts';
import type { Visit } from '../visit.ts';
import { ProductPicture } from './product-picture.tsx';
import { ShopLayout } from './shop-layout.tsx';
import { vipText } from './vip-text.ts';

const STEPS: Readonly<Record<number, readonly string[]>> = {
  1: ['Everything on this page'],
  2: ['Cart', 'Pay'],
  4: ['Cart', 'Address', 'Delivery', 'Payment'],
};

/** Builds the page. */
export function CartPage({ assets, visit }: { assets: Assets; visit: Visit }) {
  const banner = vipText(visit);
  const lines = linesOf(visit.visitor.cart);
  return (
    <ShopLayout assets={assets} visit={visit} title="Cart" banner={banner}>
      {lines.length === 0 ? <EmptyCart /> : <Checkout visit={visit} lines={lines} />}
    </ShopLayout>
  );
}

function EmptyCart() {
  return (
    <section class="hero">
      <h1>Your cart is empty.</h1>
      <p>
        <a href="/">See what came out of the kiln.</a>
      </p>
    </section>
  );
}

function Checkout({ visit, lines }: { visit: Visit; lines: readonly CartLine[] }) {
  const variables = { ...CHECKOUT_DEFAULTS, ...visit.show('checkout').variables };
  const isWrapOffered = visit.show('gift_wrap').enabled;
  const { productsCents, discountCents, shippingCents, totalCents } = computeTotal(lines, orderTerms(visit.show));
  return (
    <>
      <h1>Your cart</h1>
      <ol class="progress" aria-label="Steps of the checkout">
        {(STEPS[variables.steps] ?? [`${variables.steps} steps`]).map((step, index) => (
          <li aria-current={index === 0 ? 'step' : undefined}>{step}</li>
        ))}
      </ol>
      <form
        method="post"
        action="/purchases"
        id="checkout"
        class={variables.layout.columns === 2 ? 'checkout checkout-wide' : 'checkout'}
      >
        <div>
          <ul class="lines">
            {lines.map(({ product, quantity, priceCents }) => (
              <li class="line" data-price-cents={priceCents}>
                <ProductPicture id={product.id} />
                <span class="line-name">{product.name}</span>
                <label>
                  <span class="visually-hidden">Quantity of {product.name}</span>
                  <input type="number" name={product.id} value={quantity} min={0} max={9} />
                </label>
                <span class="price">{formatPrice(priceCents)}</span>
              </li>
            ))}
          </ul>
          <button type="submit" class="plain" formaction="/cart/quantities">
            Update the cart
          </button>
        </div>
        <div class="summary">
          <dl>
            <dt>Products</dt>
            <dd data-total="productsCents">{formatPrice(productsCents)}</dd>
            {variables.discount > 0 && (
              <>
                <dt>Express discount</dt>
                <dd data-total="discountCents">−{formatPrice(discountCents)}</dd>
              </>
            )}
            <dt>Shipping</dt>
            <dd data-total="shippingCents">{formatPrice(shippingCents)}</dd>
            <dt class="total">Total</dt>
            <dd class="total" data-total="totalCents">
              {formatPrice(totalCents)}
            </dd>
          </dl>
          {isWrapOffered && (
            <label class="check">
              <input type="checkbox" name="gift_wrap" value="1" /> Wrap it as a gift, for free
            </label>
          )}
          <div class="buttons">
            <button type="submit" class="big">
              {variables.button_label}
            </button>
            {variables.express_pay && (
              <button type="submit" name="express" value="1" class="big plain">
                Express pay
              </button>
            )}
          </div>
        </div>
      </form>
    </>
  );
}
