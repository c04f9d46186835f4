/** @jsxImportSource react */
/** Hydration, Suspense, strict and concurrent rendering. */
import { act, cleanup, render, screen } from '@testing-library/react';
import { type ReactNode, StrictMode, Suspense, startTransition, useState, version } from 'react';
import { version as domVersion } from 'react-dom';
import { hydrateRoot, type Root } from 'react-dom/client';
import { renderToString } from 'react-dom/server';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  type FlagsClient,
  FlagsProvider,
  type FlagsProviderProps,
  useClient,
  useDecision,
  useReady,
  useUser,
  useVariable,
} from '../src/index.ts';
import { countWaits, createLateClient, createShopClient, ONE_PAGE, shopSnapshot } from './shop.ts';

const user = { id: 'ada' };
afterEach(() => {
  cleanup();
  document.body.replaceChildren();
  vi.restoreAllMocks();
});

function Page(): ReactNode {
  const { status, decision } = useDecision('checkout');
  const missing = useDecision('missing');
  return (
    <p>
      {status} {decision.variationKey} {useVariable('checkout', 'steps', 9)} {String(missing.decision.enabled)}{' '}
      {useReady().status}
    </p>
  );
}

/** Renders on a server, hydrates in strict mode, and answers what changed on the page and what React had against it. */
async function hydrate(server: FlagsProviderProps, browser: FlagsProviderProps) {
  const container = document.body.appendChild(document.createElement('div'));
  container.innerHTML = renderToString(
    <FlagsProvider {...server}>
      <Page />
    </FlagsProvider>,
  );
  const changes: string[] = [];
  const observer = new MutationObserver((records) => {
    changes.push(...records.map(({ target }) => String(target.textContent)));
  });
  observer.observe(container, { subtree: true, childList: true, characterData: true });
  const complaints: unknown[] = [];
  vi.spyOn(console, 'error').mockImplementation((...message) => void complaints.push(message));
  const onRecoverableError = (error: unknown) => void complaints.push(error);
  const app = (
    <StrictMode>
      <FlagsProvider {...browser}>
        <Page />
      </FlagsProvider>
    </StrictMode>
  );
  await act(async () => void hydrateRoot(container, app, { onRecoverableError }));
  return { container, changes, complaints };
}

it('runs on the React that is meant', () => {
  const wanted = process.env.REACT_VERSION ?? '19.';
  expect(
    [version, domVersion].every((found) => found.startsWith(wanted)),
    `${version} ${domVersion}`,
  ).toBe(true);
});

describe('hydration', () => {
  it.each([
    ['no client', () => undefined],
    ['a client that is ready', createShopClient],
    ['a client that is not ready', () => createLateClient().client],
  ])('changes nothing with a snapshot and %s', async (_name, createBrowserClient) => {
    const server = { snapshot: shopSnapshot() };
    const browser = { snapshot: shopSnapshot(), client: createBrowserClient(), user };
    const { changes, complaints, container } = await hydrate(server, browser);
    expect(complaints).toEqual([]);
    expect(container.textContent).toBe('ready classic 4 false ready');
    expect(changes).toEqual([]);
  });

  it('changes a decision that really differs once the client is ready, and nothing before', async () => {
    const { client, late, shop } = createLateClient();
    shop.setFlag('checkout', ONE_PAGE);
    const browser = { snapshot: shopSnapshot(), client, user };
    const { changes, complaints, container } = await hydrate({ snapshot: shopSnapshot() }, browser);
    expect([complaints, changes]).toEqual([[], []]);
    await act(async () => late.arrive());
    expect(container.textContent).toBe('ready one_page 1 false ready');
    expect(changes).not.toEqual([]);
  });
});

describe('hydration with a client that only the browser has', () => {
  it.each([
    ['ready', createShopClient],
    ['not ready', () => createLateClient().client],
  ])('fits what the server rendered without it when the client is %s', async (_name, createBrowserClient) => {
    const Account = (): ReactNode => `${useUser()?.userId} ${useClient() ? 'connected' : 'not connected'}`;
    const client = createBrowserClient();
    const app = (given: FlagsClient | null) => (
      <FlagsProvider client={given} snapshot={shopSnapshot()} user={user}>
        <Account />
      </FlagsProvider>
    );
    const container = document.body.appendChild(document.createElement('div'));
    container.innerHTML = renderToString(app(null));
    const complaints: unknown[] = [];
    const onRecoverableError = (error: unknown) => void complaints.push(error);
    await act(async () => void hydrateRoot(container, app(client), { onRecoverableError }));
    expect(container.textContent).toBe(`${client.isReady ? 'ada' : undefined} connected`);
    expect(complaints).toEqual([]);
    // A server that has the client renders the same.
    expect(renderToString(app(createShopClient()))).toBe(renderToString(app(null)));
  });
});

describe('hydration of a part that comes later', () => {
  it('shows what the server showed, and then what is known by then', async () => {
    const container = document.body.appendChild(document.createElement('div'));
    let gate: Promise<void> | undefined;
    let open = (): void => undefined;
    const Late = (): ReactNode => {
      if (gate) throw gate;
      return <Page />;
    };
    // The same element each time: a part that React was given anew before it is hydrated is rendered by the browser.
    const page = (
      <Suspense fallback="waiting">
        <Late />
      </Suspense>
    );
    container.innerHTML = renderToString(<FlagsProvider snapshot={shopSnapshot()}>{page}</FlagsProvider>);
    expect(container.textContent).toBe('ready classic 4 false ready');
    gate = new Promise((resolve) => {
      open = resolve;
    });
    const complaints: unknown[] = [];
    const onRecoverableError = (error: unknown) => void complaints.push(error);
    const app = <FlagsProvider snapshot={shopSnapshot()}>{page}</FlagsProvider>;
    let root: Root | undefined;
    await act(async () => {
      root = hydrateRoot(container, app, { onRecoverableError });
    });
    const client = createShopClient();
    client.setFlag('checkout', ONE_PAGE);
    await act(async () =>
      root?.render(
        <FlagsProvider snapshot={shopSnapshot(client)} user={user}>
          {page}
        </FlagsProvider>,
      ),
    );
    expect(container.textContent).toBe('ready classic 4 false ready');
    gate = undefined;
    await act(async () => open());
    await vi.waitFor(() => expect(container.textContent).toBe('ready one_page 1 false ready'));
    expect(complaints).toEqual([]);
  });
});

describe('hydration of a part that comes later, without a snapshot', () => {
  const Checkout = (): ReactNode => {
    const { status, decision } = useDecision('checkout');
    return `${status} ${decision.variationKey} `;
  };

  it.each([
    [
      'the client is ready by then',
      () => {
        const { client, late } = createLateClient();
        return { server: createLateClient().client, browser: client, change: () => late.arrive() };
      },
      'loading null loading null ',
      'ready classic ready classic ',
    ],
    [
      'the flag has changed by then',
      () => {
        const client = createShopClient();
        return { server: createShopClient(), browser: client, change: () => client.setFlag('checkout', ONE_PAGE) };
      },
      'ready classic ready classic ',
      'ready one_page ready one_page ',
    ],
  ])('fits what the server showed when %s', async (_name, create, before, after) => {
    const { server, browser, change } = create();
    const container = document.body.appendChild(document.createElement('div'));
    let gate: Promise<void> | undefined;
    let open = (): void => undefined;
    const Late = (): ReactNode => {
      if (gate) throw gate;
      return <Checkout />;
    };
    const page = (
      <>
        <Checkout />
        <Suspense fallback="waiting">
          <Late />
        </Suspense>
      </>
    );
    const app = (client: FlagsClient) => (
      <FlagsProvider client={client} user={user}>
        {page}
      </FlagsProvider>
    );
    container.innerHTML = renderToString(app(server));
    expect(container.textContent).toBe(before);
    gate = new Promise((resolve) => {
      open = resolve;
    });
    const complaints: unknown[] = [];
    const onRecoverableError = (error: unknown) => void complaints.push(error);
    await act(async () => void hydrateRoot(container, app(browser), { onRecoverableError }));
    await act(async () => void change());
    gate = undefined;
    await act(async () => open());
    await vi.waitFor(() => expect(container.textContent).toBe(after));
    expect(complaints).toEqual([]);
  });
});

describe('suspense', () => {
  function Suspended(): ReactNode {
    return useDecision('checkout', { suspend: true }).status;
  }

  it.each([
    [
      'inside of the provider',
      (props: FlagsProviderProps) => (
        <FlagsProvider {...props}>
          <Suspense fallback="waiting">
            <Suspended />
          </Suspense>
        </FlagsProvider>
      ),
    ],
    [
      'around the provider',
      (props: FlagsProviderProps) => (
        <Suspense fallback="waiting">
          <FlagsProvider {...props}>
            <Suspended />
          </FlagsProvider>
        </Suspense>
      ),
    ],
  ])('%s shows the fallback until the client is ready', async (_name, app) => {
    const { client, late } = createLateClient();
    const view = render(app({ client, user }));
    expect(view.container.textContent).toBe('waiting');
    await act(async () => late.arrive());
    await vi.waitFor(() => expect(view.container.textContent).toBe('ready'));
  });

  it.each([
    [
      'inside of the provider',
      (props: FlagsProviderProps) => (
        <FlagsProvider {...props}>
          <Suspense fallback="waiting">
            <Suspended />
          </Suspense>
        </FlagsProvider>
      ),
    ],
    [
      'around the provider',
      (props: FlagsProviderProps) => (
        <Suspense fallback="waiting">
          <FlagsProvider {...props}>
            <Suspended />
          </FlagsProvider>
        </Suspense>
      ),
    ],
  ])('%s ends when the client fails', async (_name, app) => {
    const { client } = createLateClient();
    const view = render(app({ client, user, timeoutMs: 20 }));
    expect(view.container.textContent).toBe('waiting');
    await act(() => new Promise((resolve) => setTimeout(resolve, 60)));
    await vi.waitFor(() => expect(view.container.textContent).toBe('failed'));
  });

  it.each([
    ['what the server waited for', undefined, 'ready', ['ready', 'ready']],
    ['a flag that the snapshot does not have', { version: 1, decisions: [] } as const, 'loading', ['loading', 'ready']],
  ])('hydrates %s, and asks the client once', async (_name, snapshot, served, shown) => {
    const { client, late } = createLateClient();
    const { counted, ready } = countWaits(client);
    const app = (given: FlagsClient | null) => (
      <FlagsProvider client={given} snapshot={snapshot} user={user}>
        <Suspense fallback="waiting">
          <Suspended />
        </Suspense>
      </FlagsProvider>
    );
    const container = document.body.appendChild(document.createElement('div'));
    container.innerHTML = renderToString(app(snapshot ? null : createShopClient()));
    expect(container.textContent).toBe(served);
    const complaints: unknown[] = [];
    const onRecoverableError = (error: unknown) => void complaints.push(error);
    await act(async () => void hydrateRoot(container, app(counted), { onRecoverableError }));
    expect(container.textContent).toBe(shown[0]);
    await act(async () => late.arrive());
    await vi.waitFor(() => expect(container.textContent).toBe(shown[1]));
    expect([complaints, ready.mock.calls.length]).toEqual([[], 1]);
  });

  it('decides once more when the client is ready, however many components are suspended and rendered again', async () => {
    const { client, late } = createLateClient();
    const { counted, ready } = countWaits(client);
    const makes = vi.spyOn(counted, 'createUserContext');
    let decided = 0;
    makes.mockImplementation((...asked) => {
      const context = client.createUserContext(...asked);
      const { decide } = context;
      return Object.assign(context, {
        decide: (...given: Parameters<typeof decide>) => {
          decided += 1;
          return decide.apply(context, given);
        },
      });
    });
    const app = (times: number) => (
      <FlagsProvider client={counted} user={user}>
        <b>{times}</b>
        {Array.from({ length: 50 }, (_, index) => (
          <Suspense key={String(index)} fallback="waiting">
            <Suspended />
          </Suspense>
        ))}
      </FlagsProvider>
    );
    const view = render(app(0));
    for (let times = 1; times < 5; times += 1) await act(async () => view.rerender(app(times)));
    await act(async () => late.arrive());
    await vi.waitFor(() => expect(view.container.textContent).toMatch(/^4(ready){50}$/));
    expect(ready).toHaveBeenCalledOnce();
    expect(decided).toBeLessThan(10);
  });

  it.each<[string, () => FlagsProviderProps]>([
    ['another client that is ready', () => ({ client: createShopClient() })],
    ['a snapshot', () => ({ client: createLateClient().client, snapshot: shopSnapshot() })],
  ])('ends with %s that comes before the client is ready', async (_name, createLater) => {
    // The same element each time, so that nothing but the wait renders it again.
    const page = (
      <Suspense fallback="waiting">
        <Suspended />
      </Suspense>
    );
    const app = (props: FlagsProviderProps) => (
      <FlagsProvider user={user} {...props}>
        {page}
      </FlagsProvider>
    );
    const view = render(app({ client: createLateClient().client }));
    expect(view.container.textContent).toBe('waiting');
    await act(async () => view.rerender(app(createLater())));
    await vi.waitFor(() => expect(view.container.textContent).toBe('ready'));
  });

  it('does not suspend with a snapshot, or without anything to wait for', () => {
    const view = render(
      <Suspense fallback="waiting">
        <FlagsProvider snapshot={shopSnapshot()} client={createLateClient().client} user={user}>
          <Suspended />
        </FlagsProvider>
        <FlagsProvider>
          <Suspended />
        </FlagsProvider>
      </Suspense>,
    );
    expect(view.container.textContent).toBe('readyfailed');
  });
});

describe('concurrent rendering', () => {
  it('shows no two decisions of one flag in one commit, when it changes in the middle of a render', async () => {
    const client = createShopClient();
    const commits = new Set<string>();
    let changeNow = false;
    function Slow({ index }: { index: number }): ReactNode {
      const key = useDecision('checkout').decision.variationKey;
      if (index === 20 && changeNow) {
        changeNow = false;
        client.setFlag('checkout', ONE_PAGE);
      }
      return <i>{key}</i>;
    }
    function App(): ReactNode {
      const [rows, setRows] = useState(0);
      return (
        <>
          <button type="button" onClick={() => startTransition(() => setRows(40))}>
            More
          </button>
          <FlagsProvider client={client} user={user}>
            {Array.from({ length: rows }, (_, index) => (
              <Slow key={String(index)} index={index} />
            ))}
          </FlagsProvider>
        </>
      );
    }
    const view = render(<App />);
    const observer = new MutationObserver(() => {
      commits.add([...new Set([...view.container.querySelectorAll('i')].map(({ textContent }) => textContent))].join());
    });
    observer.observe(view.container, { subtree: true, childList: true, characterData: true });
    changeNow = true;
    vi.spyOn(console, 'error').mockImplementation(() => undefined); // a component that changes another while it renders
    await act(async () => screen.getByRole('button').click());
    await act(async () => undefined);
    expect([...commits].at(-1)).toBe('one_page');
    expect([...commits].filter((commit) => commit.includes(','))).toEqual([]);
    expect(client.recorded.impressions.map(({ variationKey }) => variationKey)).toEqual(['one_page']);
  });

  it('follows the client after the effects of strict mode ran twice, and stops with the provider', async () => {
    const client = createShopClient();
    const app = (
      <StrictMode>
        <FlagsProvider client={client} user={user}>
          <Page />
        </FlagsProvider>
      </StrictMode>
    );
    const view = render(app);
    await act(async () => client.setFlag('checkout', ONE_PAGE));
    expect(view.container.textContent).toMatch(/^ready one_page 1/);
    view.unmount();
    client.recorded.clear();
    await act(async () => client.setFlag('checkout', ONE_PAGE));
    expect(client.recorded.decisions).toEqual([]);
  });
});
