import { expect, test } from 'vitest';
import { post, startLab } from './running-lab.ts';

const lab = await startLab({
  predict: ({ ruleId, attributes }) => (ruleId === 'r1' ? `v-${attributes.get('7')}` : undefined),
});
const instance = {
  visitorId: 'alice',
  experimentId: 'r1',
  attributes: [{ id: '7', value: 'gold', type: 'custom_attribute' }],
  cmabUUID: 'uuid',
};

test('[LAB-02] a prediction is answered in the documented shape', async () => {
  const answer = await post(`${lab.url}/predict/r1`, { instances: [instance] });
  expect(await answer.json()).toEqual({ predictions: [{ variation_id: 'v-gold' }] });
  lab.predictions.setPredict(() => 'other');
  expect(await (await post(`${lab.url}/predict/r1`, { instances: [instance] })).json()).toEqual({
    predictions: [{ variation_id: 'other' }],
  });
  lab.predictions.setPredict(() => undefined);
  expect((await post(`${lab.url}/predict/r1`, { instances: [instance] })).status).toBe(404);
});

test.each([
  'x',
  {},
  { instances: [] },
  { instances: [null] },
  { instances: [{ ...instance, visitorId: 1 }] },
  { instances: [{ ...instance, experimentId: 'r2' }] },
  { instances: [{ ...instance, cmabUUID: '' }] },
  { instances: [{ ...instance, attributes: [{ id: 7 }] }] },
])('a malformed request is 400: %j', async (body) => {
  expect((await post(`${lab.url}/predict/r1`, body)).status).toBe(400);
});

test('[LAB-01] a rule id outside the pattern is 400', async () => {
  expect((await post(`${lab.url}/predict/..%2f..`, { instances: [instance] })).status).toBe(400);
});
