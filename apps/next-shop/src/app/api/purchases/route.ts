/** The conversion of the experiment, with its revenue. */
import { shopClient } from '../../../shop/shop-client.ts';
import { ATTRIBUTES, VISITOR_HEADER } from '../../../shop/visitor.ts';

const PRICE_CENTS = 2_400;

/** Buys mugs. */
export async function POST(request: Request): Promise<Response> {
  const quantity = Number((await request.formData()).get('quantity'));
  const id = request.headers.get(VISITOR_HEADER);
  if (id === null || !Number.isInteger(quantity) || quantity < 1 || quantity > 9) {
    return new Response('The form was not sent by a page of this shop.', { status: 400 });
  }
  const user = shopClient().createUserContext(id, ATTRIBUTES);
  const { discount = 0 } = user.decide('checkout', ['DISABLE_DECISION_EVENT']).variables;
  const revenue = Math.round(quantity * PRICE_CENTS * (1 - discount));
  user.trackEvent('purchase', { revenue, value: revenue / 100, pieces: quantity });
  return new Response(null, { status: 303, headers: { location: '/thanks' } });
}
