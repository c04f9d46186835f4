/** The worker, as edge platforms want it: a default export with a method `fetch(request, env, context)`. */
import { createEdgeShop } from './edge-shop.ts';

export default { fetch: createEdgeShop().fetch };
