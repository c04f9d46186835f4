/** The local GraphQL server of the benchmark; prints its address. */
import { createLabServer } from '@sortition/emulator';

const lab = await createLabServer({ odp: { segments: { ada: ['vip', 'mobile'] } } });
console.log(lab.url);
