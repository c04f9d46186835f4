/** The prediction service both sides ask: what it answers, and what it was asked. */
/** Rule id to the variation id the service predicts; for other rules it fails. */
export type Script = Readonly<Record<string, string>>;

/** What a prediction was asked with. */
export interface PredictionRequest {
  readonly userId: string;
  readonly ruleId: string;
  readonly attributes: readonly { readonly id: string; readonly value: unknown }[];
}

/** Notes a request once per rule, in the terms of JSON: how often a rule is asked for in one call is not compared. */
export function addRequest(requests: Record<string, unknown>, { userId, ruleId, attributes }: PredictionRequest): void {
  const sorted = [...attributes].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  requests[ruleId] = JSON.parse(JSON.stringify({ userId, attributes: sorted }));
}
