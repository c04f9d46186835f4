import { describeOdp } from '../../src/contracts/index.ts';
import { createOdpUnderTest } from './odp-under-test.ts';

describeOdp('createOdp', createOdpUnderTest);
