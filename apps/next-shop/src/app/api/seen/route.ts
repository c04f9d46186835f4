/** Impressions of what browsers showed. */
import { createImpressionRoute } from '@sortition/react/server';
import { IMPRESSION_KEY, shopClient } from '../../../shop/shop-client.ts';

let route: ((request: Request) => Promise<Response>) | undefined;

/** Tokens that the provider posts. */
export function POST(request: Request): Promise<Response> {
  route ??= createImpressionRoute(shopClient(), { key: IMPRESSION_KEY });
  return route(request);
}

/** The image of pages whose scripts are off. */
export const GET: typeof POST = POST;
