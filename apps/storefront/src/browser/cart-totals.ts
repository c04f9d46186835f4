/** Adds the cart up while quantities are typed, by the decisions the page came with: no request is made. */
import { createHydratedUser } from 'sortition';
import { orderTerms } from '../order-terms.ts';
import { computeTotal, formatPrice } from '../order-total.ts';
import type { PageData } from './page-data.ts';

/** Watches the quantities of the cart page; does nothing on others. */
export function keepTotals({ snapshot }: PageData): void {
  const form = document.getElementById('quantities');
  if (form === null) return;
  const terms = orderTerms(createHydratedUser(snapshot).decide);
  form.addEventListener('input', () => {
    const lines = [...form.querySelectorAll<HTMLElement>('[data-price-cents]')].map((line) => ({
      priceCents: Number(line.dataset.priceCents),
      quantity: readQuantity(line.querySelector('input')),
    }));
    for (const [name, cents] of Object.entries(computeTotal(lines, terms))) {
      const cell = document.querySelector(`[data-total="${name}"]`);
      if (cell) cell.textContent = `${name === 'discountCents' ? '−' : ''}${formatPrice(cents)}`;
    }
  });
}

function readQuantity(input: HTMLInputElement | null): number {
  const quantity = input?.valueAsNumber ?? 0;
  return Number.isInteger(quantity) ? Math.min(Math.max(quantity, 0), 9) : 0;
}
