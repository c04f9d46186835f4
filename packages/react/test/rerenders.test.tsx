/** @jsxImportSource react */
/** A component renders again when its decision changed, and only then. */
import { act, cleanup, render } from '@testing-library/react';
import { memo, Profiler, type ReactNode, useReducer } from 'react';
import type { UserContext } from 'sortition';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { FlagsProvider, type FlagsUser, useDecision, useUser, useVariable } from '../src/index.ts';
import { createGoldClient } from './gold-client.ts';
import { BANNER, CLASSIC, createShopClient, ONE_PAGE, shopSnapshot } from './shop.ts';

afterEach(cleanup);

/** Renders by component. */
const renders = new Map<string, number>();
const count = (name: string): void => void renders.set(name, (renders.get(name) ?? 0) + 1);
afterEach(() => renders.clear());

const Checkout = memo(({ name = 'checkout' }: { name?: string }): ReactNode => {
  count(name);
  return useDecision('checkout').decision.variationKey;
});
const Banner = memo((): ReactNode => {
  count('banner');
  return useDecision('banner').decision.variationKey;
});
const Steps = memo((): ReactNode => {
  count('steps');
  return useVariable('checkout', 'steps', 0);
});
let current: (FlagsUser & UserContext) | null = null;
const User = memo((): ReactNode => {
  current = useUser();
  return null;
});

const rendered = (): Record<string, number> => {
  const since = Object.fromEntries(renders);
  renders.clear();
  return since;
};

describe('a component', () => {
  it('is left alone, as one of 1,000, when another flag changes', async () => {
    const client = createShopClient();
    const names = Array.from({ length: 1_000 }, (_, index) => `checkout ${index}`);
    const view = render(
      <FlagsProvider client={client} user={{ id: 'ada' }}>
        {names.map((name) => (
          <Checkout key={name} name={name} />
        ))}
        <Banner />
      </FlagsProvider>,
    );
    expect(Object.keys(rendered())).toHaveLength(1_001);
    await act(async () => client.setFlag('banner', { ...BANNER, variationKey: 'off', enabled: false }));
    expect(rendered()).toEqual({ banner: 1 });
    await act(async () => client.setFlag('checkout', ONE_PAGE));
    expect(Object.values(rendered())).toEqual(names.map(() => 1));
    expect(view.container.textContent).toBe(`${'one_page'.repeat(1_000)}off`);
  });

  it('is left alone by a new datafile that decides the same', async () => {
    const client = createShopClient();
    render(
      <FlagsProvider client={client} user={{ id: 'ada' }}>
        <Checkout />
      </FlagsProvider>,
    );
    rendered();
    await act(async () => client.setFlag('checkout', structuredClone(CLASSIC)));
    expect(rendered()).toEqual({});
  });

  it('is rendered by a variable it reads, and not by another of the flag', async () => {
    const client = createShopClient();
    render(
      <FlagsProvider client={client} user={{ id: 'ada' }}>
        <Steps />
      </FlagsProvider>,
    );
    rendered();
    await act(async () => client.setFlag('checkout', { ...CLASSIC, variables: { steps: 4, label: 'Pay' } }));
    expect(rendered()).toEqual({});
    await act(async () => client.setFlag('checkout', { ...CLASSIC, variables: { steps: 5, label: 'Pay' } }));
    expect(rendered()).toEqual({ steps: 1 });
  });

  it('is left alone by a provider that is rendered with the same user', async () => {
    let renderAgain = (): void => undefined;
    const client = createShopClient();
    const children = <Checkout />;
    function App(): ReactNode {
      [, renderAgain] = useReducer((n: number) => n + 1, 0);
      count('app');
      return (
        <FlagsProvider client={client} user={{ id: 'ada', attributes: { plan: 'gold' } }}>
          {children}
        </FlagsProvider>
      );
    }
    render(<App />);
    rendered();
    await act(async () => renderAgain());
    expect(rendered()).toEqual({ app: 1 });
  });

  it('is committed once for each time that two providers around it are rendered with the same user', async () => {
    const commits = vi.fn();
    const client = createShopClient();
    const app = () => (
      <FlagsProvider client={client} user={{ id: 'ada' }}>
        <Profiler id="inside" onRender={commits}>
          <FlagsProvider snapshot={shopSnapshot()}>
            <Checkout />
          </FlagsProvider>
        </Profiler>
      </FlagsProvider>
    );
    const view = render(app());
    await act(async () => undefined);
    commits.mockClear();
    for (let times = 0; times < 3; times += 1) await act(async () => view.rerender(app()));
    expect(commits).toHaveBeenCalledTimes(3);
  });

  it('is rendered by another user only where they get something else', async () => {
    const client = createShopClient();
    const children = [<Checkout key="checkout" />, <Banner key="banner" />, <User key="user" />];
    const app = (id: string) => (
      <FlagsProvider client={client} user={{ id }}>
        {children}
      </FlagsProvider>
    );
    const view = render(app('ada'));
    rendered();
    view.rerender(app('grace'));
    expect(rendered()).toEqual({});
    expect(current?.userId).toBe('grace');
    expect(client.recorded.impressions.map(({ userId, flagKey }) => `${userId} ${flagKey}`)).toEqual([
      'ada checkout',
      'ada banner',
      'grace checkout',
      'grace banner',
    ]);
  });

  it.each<[string, (user: UserContext) => unknown]>([
    ['a forced decision', (user) => user.setForcedDecision({ flagKey: 'checkout' }, { variationKey: 'one_page' })],
    ['an attribute', (user) => user.setAttribute('plan', 'gold')],
    [
      'segments',
      (user) => {
        user.qualifiedSegments = ['gold'];
      },
    ],
  ])('is rendered by %s that changes its decision, and others are not', async (_name, change) => {
    const client = createGoldClient();
    render(
      <FlagsProvider client={client} user={{ id: 'ada' }}>
        <Checkout />
        <Banner />
        <User />
      </FlagsProvider>,
    );
    rendered();
    await act(async () => change(current as UserContext));
    expect(rendered()).toEqual({ checkout: 1 });
  });

  it('sees attributes of the provider change on the same context, which keeps its forced decisions', async () => {
    const client = createGoldClient();
    const app = (plan: string) => (
      <FlagsProvider client={client} user={{ id: 'ada', attributes: { plan } }}>
        <Checkout />
        <Banner />
        <User />
      </FlagsProvider>
    );
    const view = render(app('free'));
    const before = current;
    await act(async () => current?.setForcedDecision({ flagKey: 'banner' }, { variationKey: 'on' }));
    view.rerender(app('gold'));
    expect(current).toBe(before);
    expect(current?.getForcedDecision({ flagKey: 'banner' })).toEqual({ variationKey: 'on' });
    expect(view.container.textContent).toBe('one_pageon');
  });

  it('is not rendered when the client takes over from a snapshot that says the same', async () => {
    const client = createShopClient();
    render(
      <FlagsProvider client={client} snapshot={shopSnapshot()} user={{ id: 'ada' }}>
        <Checkout />
        <Banner />
      </FlagsProvider>,
    );
    await act(async () => undefined);
    expect(rendered()).toEqual({ checkout: 1, banner: 1 });
  });
});
