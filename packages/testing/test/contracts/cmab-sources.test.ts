import { describeCmabSource } from '../../src/contracts/index.ts';
import { createPredictions } from './predictions-under-test.ts';

describeCmabSource('createCmabSource', createPredictions());
describeCmabSource('createCmabSource without a cache', createPredictions({ cacheSize: 0 }));
