/** Our source of predictions over a service that is a function and can be disturbed. */
import { type CmabSourceOptions, createCmabSource } from '@sortition/cmab';
import type { CreateCmabSource, Disturbance } from '../../src/contracts/index.ts';

/** An attribute as the service receives it. */
interface SentAttribute {
  readonly id: string;
  readonly value: unknown;
}

/** What makes a source with these options for each test. */
export function createPredictions(options: CmabSourceOptions = {}): CreateCmabSource {
  return (predict) => {
    let disturbance: Disturbance = null;
    const source = createCmabSource({
      ...options,
      async fetch(_url, init) {
        await new Promise((resolve) => setTimeout(resolve, 1));
        if (disturbance === 'hang') return new Promise<never>(() => undefined);
        if (disturbance === 'fail') return new Response(null, { status: 500 });
        const [{ visitorId, experimentId, attributes }] = JSON.parse(String(init?.body)).instances;
        const values = new Map((attributes as SentAttribute[]).map(({ id, value }) => [id, value]));
        const variation_id = predict({ userId: visitorId, ruleId: experimentId, attributes: values });
        return new Response(JSON.stringify({ predictions: [{ variation_id }] }));
      },
    });
    return {
      source,
      disturb(how) {
        disturbance = how;
      },
    };
  };
}
