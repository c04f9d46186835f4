/** Run as a child: prints the heap one client of 10,000 flags keeps, just created and after every flag was decided. */
import { ATTRIBUTES, createDatafile } from './datafiles.js';
import { official, ours } from './peers/clients.js';

const peers = { ours, official };
const create = peers[/** @type {'ours' | 'official'} */ (process.argv[2])];

let datafile = JSON.stringify(createDatafile(10_000, 'mixed'));
// Warm-up, so that what both load on first use is not counted.
create(JSON.stringify(createDatafile(10, 'mixed')))
  .createUserContext('warm', ATTRIBUTES)
  ?.decideAll();
const before = heapUsed();
const client = create(datafile);
datafile = '';
const created = heapUsed() - before;
client.createUserContext('user-4711', ATTRIBUTES)?.decideAll();
const decided = heapUsed() - before;
console.log(JSON.stringify({ created, decided }));
client.close();

function heapUsed() {
  for (let round = 0; round < 4; round += 1) globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}
