/** The lab for browsers, at the shop's own address: the datafile and the events. */
import { labUrl } from '../../../shop/shop-client.ts';

interface Context {
  readonly params: Promise<{ path: string[] }>;
}

const ALLOWED = ['datafiles/lab.json', 'events'];

/** Passes a request on. */
export async function GET(request: Request, { params }: Context): Promise<Response> {
  const path = (await params).path.join('/');
  if (!ALLOWED.includes(path)) return new Response(null, { status: 404 });
  const url = `${labUrl()}/${path === 'events' ? 'v1/events' : path}`;
  const tag = request.headers.get('if-none-match');
  const body = request.method === 'POST' ? await request.text() : undefined;
  const headers = { 'content-type': 'application/json', ...(tag ? { 'if-none-match': tag } : {}) };
  try {
    const answer = await fetch(url, { method: request.method, body: body ?? null, headers, cache: 'no-store' });
    const passedOn = new Headers({ 'cache-control': 'no-cache' });
    for (const name of ['content-type', 'etag']) passedOn.set(name, answer.headers.get(name) ?? '');
    return new Response(answer.body, { status: answer.status, headers: passedOn });
  } catch {
    return new Response(null, { status: 502 });
  }
}

/** As `GET`. */
export const POST: typeof GET = GET;
