/** An application's test with Jest and Testing Library, in CommonJS and without a compiler; with one it would be JSX. */
const { FlagsProvider, useDecision, useTrack } = require('@sortition/react');
const { createTestClient } = require('@sortition/testing');
const { act, fireEvent, render, screen } = require('@testing-library/react');
const { createElement } = require('react');

function Checkout() {
  const { decision } = useDecision('checkout');
  const track = useTrack();
  const label = decision.variationKey === 'one_page' ? 'Buy now' : 'Check out';
  return createElement('button', { onClick: () => track('purchase', { revenue: 4200 }) }, label);
}

test('the checkout shows what the flag says, and tells the experiment', () => {
  const client = createTestClient({ flags: { checkout: { variationKey: 'one_page' } } });
  render(createElement(FlagsProvider, { client, user: { id: 'ada' } }, createElement(Checkout)));
  fireEvent.click(screen.getByRole('button', { name: 'Buy now' }));
  expect(client.recorded.impressions).toMatchObject([{ userId: 'ada', flagKey: 'checkout', variationKey: 'one_page' }]);
  expect(client.recorded.conversions).toMatchObject([{ eventKey: 'purchase', tags: { revenue: 4200 } }]);

  act(() => client.setFlag('checkout', { variationKey: 'classic' }));
  expect(screen.getByRole('button').textContent).toBe('Check out');
});
