/**
 * Adds the cart up while quantities are typed, by the decisions the page came with: no request is made. Shipping is left to the
 * server, because who ships for free is asked with the new total.
 */
import { createHydratedUser } from 'sortition';
import { orderTerms } from '../order-terms.ts';
import { computeTotal, formatPrice, type OrderTotal } from '../order-total.ts';
import type { PageData } from './page-data.ts';

/** Watches the quantities of the cart page; does nothing on others. */
export function keepTotals({ snapshot }: PageData): void {
  const form = document.getElementById('checkout');
  if (form === null) return;
  const terms = orderTerms(createHydratedUser(snapshot).decide);
  form.addEventListener('input', ({ target }) => {
    if (!(target instanceof HTMLInputElement && target.type === 'number')) return;
    const lines = [...form.querySelectorAll<HTMLElement>('[data-price-cents]')].map((line) => ({
      priceCents: Number(line.dataset.priceCents),
      quantity: readQuantity(line.querySelector('input')),
    }));
    const { productsCents, discountCents } = computeTotal(lines, terms);
    show('productsCents', formatPrice(productsCents));
    show('discountCents', `−${formatPrice(discountCents)}`);
    show('shippingCents', 'with the next step');
    show('totalCents', `${formatPrice(productsCents - discountCents)} + shipping`);
  });
}

function show(name: keyof OrderTotal, text: string): void {
  const cell = document.querySelector(`[data-total="${name}"]`);
  if (cell) cell.textContent = text;
}

function readQuantity(input: HTMLInputElement | null): number {
  const quantity = input?.valueAsNumber ?? 0;
  return Number.isInteger(quantity) ? Math.min(Math.max(quantity, 0), 9) : 0;
}
