/** Import and export: a datafile, from a file or from where it is published, and the whole lab as one document. */
import { isRecord, type NodeApp } from '@sortition/emulator';
import type { ShopDatafile } from '@sortition/emulator/shop-datafile';
import { readBody } from './api-guards.ts';
import { answer, baseOf } from './catalog-routes.ts';
import type { LabParts } from './lab-parts.ts';

const FETCH_TIMEOUT_MS = 10_000;
const MAX_BYTES = 5 * 2 ** 20;
/** Tells a lab from other documents. */
const LAB_FORMAT = 'sortition-lab';

/** Adds `/api/import` and `/api/export`. */
export function addTransferRoutes(app: NodeApp, lab: Promise<LabParts>): void {
  app.post('/api/import', async (context) => {
    const { catalog, settings } = await lab;
    const body = await readBody(context);
    const source = isRecord(body) ? await readSource(body) : 'expected { "datafile" }, { "url" } or { "lab" }';
    if (typeof source === 'string') return context.json({ error: source }, 400);
    const published = await catalog.replace(baseOf(context), source.datafile, source.summary);
    if (!('error' in published) && source.settings !== undefined) settings.restore(source.settings);
    return answer(context, published);
  });
  app.get('/api/export', async (context) => {
    const { catalog, settings } = await lab;
    context.header('content-disposition', 'attachment; filename="lab.json"');
    return context.json({ format: LAB_FORMAT, version: 1, datafile: catalog.current(), settings: settings.current() });
  });
}

interface Source {
  readonly datafile: ShopDatafile;
  readonly summary: string;
  readonly settings?: unknown;
}

async function readSource({ datafile, url, lab }: Record<string, unknown>): Promise<Source | string> {
  if (isRecord(datafile)) {
    // A whole lab that was given as a datafile file is recognised.
    if (datafile.format === LAB_FORMAT) return readSource({ lab: datafile });
    return { datafile: completed(datafile), summary: 'Imported a datafile' };
  }
  if (isRecord(lab)) {
    if (lab.format !== LAB_FORMAT || !isRecord(lab.datafile))
      return `expected a document of the format "${LAB_FORMAT}" with a "datafile"`;
    return { datafile: completed(lab.datafile), settings: lab.settings, summary: 'Imported a lab' };
  }
  if (typeof url !== 'string') return 'expected { "datafile" }, { "url" } or { "lab" }';
  return fetchDatafile(url);
}

async function fetchDatafile(url: string): Promise<Source | string> {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) return `"${url}" is not an http or https address`;
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(FETCH_TIMEOUT_MS) });
    if (!response.ok) return `${url} answered ${response.status}`;
    const text = await readText(response);
    const document: unknown = JSON.parse(text);
    if (!isRecord(document)) return `${url} did not answer a JSON object`;
    return { datafile: completed(document), summary: `Imported ${new URL(url).host}` };
  } catch (error) {
    return `${url} could not be read: ${error instanceof Error ? error.message : String(error)}`;
  }
}

async function readText(response: Response): Promise<string> {
  const reader = response.body?.getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = (await reader?.read()) ?? { done: true, value: undefined };
    if (done) return Buffer.concat(chunks).toString();
    size += value.byteLength;
    if (size > MAX_BYTES) {
      await reader?.cancel();
      throw new Error(`it is larger than ${MAX_BYTES} bytes`);
    }
    chunks.push(value);
  }
}

/** Lists that older datafiles leave out are made; the check says what is wrong with the rest. */
function completed(datafile: object): ShopDatafile {
  const lists = [
    'featureFlags',
    'experiments',
    'groups',
    'rollouts',
    'holdouts',
    'typedAudiences',
    'audiences',
    'attributes',
    'events',
    'integrations',
  ];
  return { ...Object.fromEntries(lists.map((name) => [name, []])), ...datafile } as unknown as ShopDatafile;
}
