/** The worker, as edge platforms want it: a default export with a method `fetch(request, env, context)`. */
import { createEdgeShop } from './edge-shop.ts';

const worker: Pick<ReturnType<typeof createEdgeShop>, 'fetch'> = { fetch: createEdgeShop().fetch };

export default worker;
