/** The local GraphQL server of the benchmark; prints its address. */
import { createLabServer } from '@sortition/lab-server';

const lab = await createLabServer({ odp: { segments: { ada: ['vip', 'mobile'] } } });
console.log(lab.url);
