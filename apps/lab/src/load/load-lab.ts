/** The lab under load, in a thread of its own. */
import { parentPort, workerData } from 'node:worker_threads';
import { startLab } from '../server/lab.ts';

const { dataFolder } = workerData as { dataFolder: string };
const lab = await startLab({ port: 0, dataFolder, pageFolder: dataFolder });
parentPort?.once('message', () => void lab.close());
parentPort?.postMessage(lab.url);
