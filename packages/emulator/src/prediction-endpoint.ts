/** Contextual-bandit predictions: `POST /predict/<ruleId>` returns one variation id per instance. */
import type { FaultSwitches } from './faults.ts';
import { isRecord, readJsonBody } from './json-body.ts';
import type { NodeApp } from './node-context.ts';
import { ID_PATTERN } from './request-guards.ts';
import { createRequestLog, type RequestLog } from './request-log.ts';

/** The input of a prediction. */
export interface PredictionInstance {
  readonly ruleId: string;
  readonly visitorId: string;
  readonly cmabUuid: string;
  /** Attribute id to value. */
  readonly attributes: ReadonlyMap<string, unknown>;
}

/** Returns a variation id; `undefined` means that the rule has no model (404). */
export type Predict = (instance: PredictionInstance) => string | undefined;

/** The endpoint's controls. */
export interface PredictionEndpoint {
  readonly requests: RequestLog;
  /** Replaces the predict function. */
  setPredict(predict: Predict): void;
}

/** Adds the endpoint's route to `app`. */
export function createPredictionEndpoint(app: NodeApp, faults: FaultSwitches, predict: Predict): PredictionEndpoint {
  const requests = createRequestLog();
  let current = predict;

  app.use('/predict/:ruleId', faults.middleware('predictions'));
  app.post('/predict/:ruleId', async (context) => {
    const ruleId = context.req.param('ruleId');
    const { text, value } = await readJsonBody(context);
    requests.record(context.req.raw, text);
    if (!ID_PATTERN.test(ruleId)) return context.json({ error: `a rule id matches ${ID_PATTERN}` }, 400);
    const instances = readInstances(value, ruleId);
    if (typeof instances === 'string') return context.json({ error: instances }, 400);
    const variationIds = instances.map((instance) => current(instance));
    if (variationIds.includes(undefined)) return context.json({ error: 'there is no model of this rule' }, 404);
    return context.json({ predictions: variationIds.map((variationId) => ({ variation_id: variationId })) });
  });

  return {
    requests,
    setPredict(predict) {
      current = predict;
    },
  };
}

function readInstances(body: unknown, ruleId: string): PredictionInstance[] | string {
  if (!isRecord(body) || !Array.isArray(body.instances) || body.instances.length === 0) {
    return 'expected { "instances": [...] } with at least one';
  }
  const instances: PredictionInstance[] = [];
  for (const instance of body.instances as unknown[]) {
    if (!isRecord(instance)) return 'an instance must be an object';
    const { visitorId, experimentId, cmabUUID: cmabUuid, attributes } = instance;
    if (typeof visitorId !== 'string') return '"visitorId" must be a string';
    if (experimentId !== ruleId) return '"experimentId" must be the rule id in the path';
    if (typeof cmabUuid !== 'string' || cmabUuid === '') return '"cmabUUID" must be a non-empty string';
    if (!Array.isArray(attributes)) return '"attributes" must be an array';
    const values = new Map<string, unknown>();
    for (const attribute of attributes as unknown[]) {
      if (!isRecord(attribute) || typeof attribute.id !== 'string' || attribute.type !== 'custom_attribute') {
        return 'an attribute must be { "id", "value", "type": "custom_attribute" }';
      }
      values.set(attribute.id, attribute.value);
    }
    instances.push({ ruleId, visitorId, cmabUuid, attributes: values });
  }
  return instances;
}
